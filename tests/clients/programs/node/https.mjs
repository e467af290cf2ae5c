// Logs in, makes a mailing list and reads it, with node:https, which knows no proxies.
import https from "node:https";

function call(method, path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  return new Promise((resolve, reject) => {
    const request = https.request({ host: "api.sendpulse.com", method, path, headers, timeout: 30000 }, (answer) => {
      let text = "";
      answer.on("data", (piece) => (text += piece));
      answer.on("end", () => resolve(JSON.parse(text)));
    });
    request.on("error", reject);
    request.end(body && JSON.stringify(body));
  });
}

const { access_token } = await call("POST", "/oauth/access_token", {
  grant_type: "client_credentials",
  client_id: process.env.SENDPULSE_CLIENT_ID,
  client_secret: process.env.SENDPULSE_CLIENT_SECRET,
});
const { id } = await call("POST", "/addressbooks", { bookName: "Readers" }, access_token);
const [book] = await call("GET", `/addressbooks/${id}`, undefined, access_token);
console.log(book.name);
