// Logs in, makes a mailing list and reads it, with HttpsURLConnection, Java's older way.
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;

class Connection {
    static String call(String path, String body, String token) throws Exception {
        var connection = (HttpsURLConnection) URI.create("https://api.sendpulse.com" + path).toURL().openConnection();
        connection.setReadTimeout(30_000);
        connection.setRequestProperty("Content-Type", "application/json");
        if (token != null) connection.setRequestProperty("Authorization", "Bearer " + token);
        if (body != null) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        try (var answer = connection.getInputStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        }
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
