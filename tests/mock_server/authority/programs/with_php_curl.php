<?php
// As with_requests.py, by PHP's curl.
foreach (array_chunk(array_slice($argv, 1), 2) as [$host, $port]) {
    $authority = str_contains($host, ':') ? "[$host]" : $host;
    $call = curl_init("https://$authority:$port/");
    curl_setopt_array($call, [
        CURLOPT_CONNECT_TO => ["::127.0.0.1:$port"],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 30,
    ]);
    echo curl_exec($call) === false ? 'refused ' . curl_error($call) : 'accepted', "\n";
}
