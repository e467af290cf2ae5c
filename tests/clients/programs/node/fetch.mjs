// Logs in, makes a mailing list and reads it, with fetch, which knows no proxies.
const API = "https://api.sendpulse.com";

async function call(path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(API + path, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers });
  return answer.json();
}

const { access_token } = await call("/oauth/access_token", {
  grant_type: "client_credentials",
  client_id: process.env.SENDPULSE_CLIENT_ID,
  client_secret: process.env.SENDPULSE_CLIENT_SECRET,
});
const { id } = await call("/addressbooks", { bookName: "Readers" }, access_token);
const [book] = await call(`/addressbooks/${id}`, undefined, access_token);
console.log(book.name);
