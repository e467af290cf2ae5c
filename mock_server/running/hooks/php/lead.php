<?php
// Leads what a PHP program sends by streams to a proxy, which curl finds by itself; run before the program.

namespace SendPulseMock {

/** What every context of streams begins with. */
function options(): array
{
    $proxy = getenv('HTTPS_PROXY');
    return $proxy ? ['http' => ['proxy' => preg_replace('~^http~', 'tcp', $proxy), 'request_fulluri' => true]] : [];
}

/** A new context. PHP has no function left to make one, but gives one to a stream that is set an option. */
function context(): mixed
{
    $known = get_resources('stream-context');
    $streams = stream_socket_pair(DIRECTORY_SEPARATOR === '\\' ? STREAM_PF_INET : STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    stream_context_set_option($streams[0], options());
    $made = array_diff_key(get_resources('stream-context'), $known);
    return end($made);
}

/** The program that the user has run before all others, which ours took the place of. */
function users_own(): ?string
{
    $files = array_filter([php_ini_loaded_file(), ...explode(',', php_ini_scanned_files() ?: '')]);
    foreach (array_reverse(array_map('trim', $files)) as $file) {
        $named = parse_ini_file($file, false, INI_SCANNER_RAW)['auto_prepend_file'] ?? '';
        if ($named !== '' && !str_ends_with($named, '/php/lead.php')) {
            return $named;
        }
    }
    return null;
}

}

namespace {

function stream_context_create(?array $options = null, ?array $params = null)
{
    $context = SendPulseMock\context();
    stream_context_set_option($context, $options ?? []);
    stream_context_set_params($context, $params ?? []);
    return $context;
}

stream_context_set_default(SendPulseMock\options());
if (SendPulseMock\users_own() !== null) {
    require SendPulseMock\users_own();
}

}
