<?php
// Logs in, fills a mailing list and reads it page by page, makes a campaign, sends a mail, and tells what it read.
declare(strict_types=1);

$token = null;

function call(string $method, string $path, ?array $body = null): array
{
    global $token;
    $headers = ['Content-Type: application/json', ...($token === null ? [] : ["Authorization: Bearer $token"])];
    $curl = curl_init("https://api.sendpulse.com$path");
    curl_setopt_array($curl, [
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_HTTPHEADER => $headers,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 30,
    ]);
    if ($body !== null) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, json_encode($body));
    }
    $answer = curl_exec($curl);
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    if ($answer === false || $status !== 200) {
        throw new RuntimeException("$method $path: $status $answer " . curl_error($curl));
    }
    return json_decode($answer, true, flags: JSON_THROW_ON_ERROR);
}

$token = call('POST', '/oauth/access_token', [
    'grant_type' => 'client_credentials',
    'client_id' => getenv('SENDPULSE_CLIENT_ID'),
    'client_secret' => getenv('SENDPULSE_CLIENT_SECRET'),
])['access_token'];

$list = call('POST', '/addressbooks', ['bookName' => 'Readers'])['id'];
$contacts = array_map(
    fn (string $name): array => ['email' => "$name@example.com", 'variables' => ['name' => $name]],
    ['ada', 'grace', 'alan', 'edsger', 'barbara'],
);
call('POST', "/addressbooks/$list/emails", ['emails' => $contacts]);
$known = call('GET', "/addressbooks/$list")[0];
$pages = [];
do {
    $page = call('GET', "/addressbooks/$list/emails?limit=2&offset=" . 2 * count($pages));
    $pages[] = array_column($page, 'email');
} while (count($page) === 2);

$sender = call('GET', '/senders')[0];
$campaign = call('POST', '/campaigns', [
    'sender_name' => $sender['name'],
    'sender_email' => $sender['email'],
    'subject' => 'News 🦉',
    'body' => base64_encode('<p>News</p>'),
    'list_id' => $list,
    'name' => 'First',
])['id'];
$made = call('GET', "/campaigns/$campaign");

$sent = call('POST', '/smtp/emails', ['email' => [
    'subject' => 'Receipt 🦉',
    'html' => base64_encode('<p>Thank you!</p>'),
    'from' => ['name' => $sender['name'], 'email' => $sender['email']],
    'to' => [['name' => 'Ada', 'email' => 'ada@example.com']],
]])['id'];
$mail = call('GET', "/smtp/emails/$sent");

echo json_encode([
    'list' => ['id' => $list, 'name' => $known['name'], 'contacts' => $known['all_email_qty']],
    'pages' => $pages,
    'campaign' => [
        'id' => $campaign,
        'name' => $made['name'],
        'subject' => $made['message']['subject'],
        'recipients' => $made['all_email_qty'],
    ],
    'mail' => ['id' => $sent, 'sender' => $mail['sender'], 'recipient' => $mail['recipient']],
]), "\n";
