// Logs in, makes a mailing list and reads it, with WebClient.
using System;
using System.Net;
using System.Text.RegularExpressions;

class Client
{
    static string Call(string path, string body, string token)
    {
        using (var client = new WebClient())
        {
            client.Headers["Content-Type"] = "application/json";
            if (token != null) client.Headers["Authorization"] = "Bearer " + token;
            var url = "https://api.sendpulse.com" + path;
            return body == null ? client.DownloadString(url) : client.UploadString(url, body);
        }
    }

    static string Field(string name, string json)
    {
        var found = Regex.Match(json, "\"" + name + "\":\"?([^\",}]*)");
        if (!found.Success) throw new InvalidOperationException("no " + name + " in " + json);
        return found.Groups[1].Value;
    }

    static void Main()
    {
        var login = string.Format(
            "{{\"grant_type\": \"client_credentials\", \"client_id\": \"{0}\", \"client_secret\": \"{1}\"}}",
            Environment.GetEnvironmentVariable("SENDPULSE_CLIENT_ID"),
            Environment.GetEnvironmentVariable("SENDPULSE_CLIENT_SECRET"));
        var token = Field("access_token", Call("/oauth/access_token", login, null));
        var book = Field("id", Call("/addressbooks", "{\"bookName\": \"Readers\"}", token));
        Console.WriteLine(Field("name", Call("/addressbooks/" + book, null, token)));
    }
}
