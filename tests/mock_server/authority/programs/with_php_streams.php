<?php
// As with_requests.py, by PHP's streams.
foreach (array_chunk(array_slice($argv, 1), 2) as [$host, $port]) {
    $context = stream_context_create(['ssl' => ['peer_name' => $host], 'http' => ['timeout' => 30]]);
    $answer = @file_get_contents("https://127.0.0.1:$port/", false, $context);
    echo $answer === false ? 'refused ' . error_get_last()['message'] : 'accepted', "\n";
}
