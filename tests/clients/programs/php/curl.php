<?php
// Logs in, makes a mailing list and reads it, with curl.

function call(string $path, ?array $body = null, ?string $token = null): array
{
    $curl = curl_init("https://api.sendpulse.com$path");
    $headers = ['Content-Type: application/json', ...($token === null ? [] : ["Authorization: Bearer $token"])];
    curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => $headers, CURLOPT_TIMEOUT => 30]);
    if ($body !== null) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, json_encode($body));
    }
    $answer = curl_exec($curl);
    if ($answer === false) {
        throw new RuntimeException(curl_error($curl));
    }
    return json_decode($answer, true, flags: JSON_THROW_ON_ERROR);
}

$token = call('/oauth/access_token', [
    'grant_type' => 'client_credentials',
    'client_id' => getenv('SENDPULSE_CLIENT_ID'),
    'client_secret' => getenv('SENDPULSE_CLIENT_SECRET'),
])['access_token'];
$book = call('/addressbooks', ['bookName' => 'Readers'], $token)['id'];
echo call("/addressbooks/$book", token: $token)[0]['name'], "\n";
