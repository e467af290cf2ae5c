// Logs in, makes a mailing list and reads it, with java.net.http.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Pattern;

class Client {
    static final HttpClient http = HttpClient.newHttpClient();

    static String call(String path, String body, String token) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("https://api.sendpulse.com" + path));
        request.header("Content-Type", "application/json").timeout(Duration.ofSeconds(30));
        if (token != null) request.header("Authorization", "Bearer " + token);
        if (body != null) request.POST(HttpRequest.BodyPublishers.ofString(body));
        return http.send(request.build(), BodyHandlers.ofString()).body();
    }

    static String field(String name, String json) {
        var found = Pattern.compile("\"" + name + "\":\"?([^\",}]*)").matcher(json);
        if (!found.find()) throw new IllegalStateException("no " + name + " in " + json);
        return found.group(1);
    }

    public static void main(String[] arguments) throws Exception {
        var login = "{\"grant_type\": \"client_credentials\", \"client_id\": \"%s\", \"client_secret\": \"%s\"}"
            .formatted(System.getenv("SENDPULSE_CLIENT_ID"), System.getenv("SENDPULSE_CLIENT_SECRET"));
        var token = field("access_token", call("/oauth/access_token", login, null));
        var book = field("id", call("/addressbooks", "{\"bookName\": \"Readers\"}", token));
        System.out.println(field("name", call("/addressbooks/" + book, null, token)));
    }
}
