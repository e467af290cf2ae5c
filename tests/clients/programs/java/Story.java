// Logs in, fills a mailing list and reads it page by page, makes a campaign, sends a mail, and tells what it read.
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class Story {
    static final HttpClient http = HttpClient.newHttpClient();
    static String token = "";

    static String call(String method, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("https://api.sendpulse.com" + path))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(30))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        var answer = http.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new IllegalStateException(method + " " + path + ": " + answer.body());
        return answer.body();
    }

    /** The values of that name, as they stand in the text; Java brings no reader of JSON. */
    static List<String> fields(String name, String json) {
        var found = Pattern.compile("\"" + name + "\":(\"[^\"]*\"|[^,}]*)").matcher(json);
        return found.results().map((MatchResult field) -> field.group(1)).toList();
    }

    static String field(String name, String json) {
        return fields(name, json).get(0);
    }

    static String bare(String string) {
        return string.substring(1, string.length() - 1);
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static void logIn() throws Exception {
        var login = "{\"grant_type\": \"client_credentials\", \"client_id\": \"%s\", \"client_secret\": \"%s\"}"
            .formatted(System.getenv("SENDPULSE_CLIENT_ID"), System.getenv("SENDPULSE_CLIENT_SECRET"));
        token = bare(field("access_token", call("POST", "/oauth/access_token", login)));
    }

    static String aList() throws Exception {
        var list = field("id", call("POST", "/addressbooks", "{\"bookName\": \"Readers\"}"));
        var contacts = Stream.of("ada", "grace", "alan", "edsger", "barbara")
            .map("{\"email\": \"%1$s@example.com\", \"variables\": {\"name\": \"%1$s\"}}"::formatted)
            .collect(Collectors.joining(", ", "[", "]"));
        call("POST", "/addressbooks/" + list + "/emails", "{\"emails\": " + contacts + "}");
        return list;
    }

    static String pages(String list) throws Exception {
        var pages = new ArrayList<String>();
        List<String> page;
        do {
            var offset = 2 * pages.size();
            page = fields("email", call("GET", "/addressbooks/" + list + "/emails?limit=2&offset=" + offset, null));
            pages.add("[" + String.join(", ", page) + "]");
        } while (page.size() == 2);
        return "[" + String.join(", ", pages) + "]";
    }

    static String aCampaign(String list, String sender) throws Exception {
        var body = """
            {"sender_name": %s, "sender_email": %s, "subject": "News 🦉", "body": "%s", "list_id": %s, "name": "First"}"""
            .formatted(field("name", sender), field("email", sender), base64("<p>News</p>"), list);
        var campaign = field("id", call("POST", "/campaigns", body));
        var made = call("GET", "/campaigns/" + campaign, null);
        return "{\"id\": %s, \"name\": %s, \"subject\": %s, \"recipients\": %s}".formatted(
            campaign, field("name", made), field("subject", made), field("all_email_qty", made));
    }

    static String aMail(String sender) throws Exception {
        var letter = """
            {"email": {"subject": "Receipt 🦉", "html": "%s", "from": {"name": %s, "email": %s},
                "to": [{"name": "Ada", "email": "ada@example.com"}]}}"""
            .formatted(base64("<p>Thank you!</p>"), field("name", sender), field("email", sender));
        var sent = field("id", call("POST", "/smtp/emails", letter));
        var mail = call("GET", "/smtp/emails/" + bare(sent), null);
        return "{\"id\": %s, \"sender\": %s, \"recipient\": %s}".formatted(
            sent, field("sender", mail), field("recipient", mail));
    }

    public static void main(String[] arguments) throws Exception {
        logIn();
        var list = aList();
        var known = call("GET", "/addressbooks/" + list, null);
        var pages = pages(list);
        var sender = call("GET", "/senders", null);
        new PrintStream(System.out, true, StandardCharsets.UTF_8).printf(
            "{\"list\": {\"id\": %s, \"name\": %s, \"contacts\": %s}, \"pages\": %s, \"campaign\": %s, \"mail\": %s}%n",
            list, field("name", known), field("all_email_qty", known), pages, aCampaign(list, sender), aMail(sender));
    }
}
