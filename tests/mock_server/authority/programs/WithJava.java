// As with_requests.py, by Java's own sockets with the rules of https.
import java.net.Socket;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

public class WithJava {
    static String ask(String host, int port) throws Exception {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        try (Socket line = new Socket("127.0.0.1", port);
                SSLSocket secured = (SSLSocket) factory.createSocket(line, host, port, true)) {
            SSLParameters rules = secured.getSSLParameters();
            rules.setEndpointIdentificationAlgorithm("HTTPS");
            secured.setSSLParameters(rules);
            secured.setSoTimeout(30_000);
            secured.startHandshake();
            return "accepted";
        } catch (SSLException error) {
            return "refused " + error.getMessage();
        }
    }

    public static void main(String[] arguments) throws Exception {
        for (int at = 0; at < arguments.length; at += 2)
            System.out.println(ask(arguments[at], Integer.parseInt(arguments[at + 1])));
    }
}
