<?php
// Logs in, makes a mailing list and reads it, with PHP's streams, which know no proxies.

function call(string $path, ?array $body = null, ?string $token = null): array
{
    $headers = ['Content-Type: application/json', ...($token === null ? [] : ["Authorization: Bearer $token"])];
    $http = ['method' => $body === null ? 'GET' : 'POST', 'header' => $headers, 'timeout' => 30];
    $context = stream_context_create(['http' => $http + ($body === null ? [] : ['content' => json_encode($body)])]);
    $answer = file_get_contents("https://api.sendpulse.com$path", false, $context);
    if ($answer === false || !str_contains($http_response_header[0], ' 200 ')) {
        throw new RuntimeException("$path was not answered well");
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
