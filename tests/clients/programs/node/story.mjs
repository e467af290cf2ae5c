// Logs in, fills a mailing list and reads it page by page, makes a campaign, sends a mail, and tells what it read.
const API = "https://api.sendpulse.com";
const headers = { "Content-Type": "application/json" };

async function call(method, path, body) {
  const answer = await fetch(API + path, { method, headers, body: body && JSON.stringify(body) });
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const base64 = (text) => Buffer.from(text).toString("base64");

const { access_token } = await call("POST", "/oauth/access_token", {
  grant_type: "client_credentials",
  client_id: process.env.SENDPULSE_CLIENT_ID,
  client_secret: process.env.SENDPULSE_CLIENT_SECRET,
});
headers.Authorization = `Bearer ${access_token}`;

const { id: list } = await call("POST", "/addressbooks", { bookName: "Readers" });
const names = ["ada", "grace", "alan", "edsger", "barbara"];
const emails = names.map((name) => ({ email: `${name}@example.com`, variables: { name } }));
await call("POST", `/addressbooks/${list}/emails`, { emails });
const [known] = await call("GET", `/addressbooks/${list}`);
const pages = [];
do {
  const page = await call("GET", `/addressbooks/${list}/emails?limit=2&offset=${2 * pages.length}`);
  pages.push(page.map((contact) => contact.email));
} while (pages.at(-1).length === 2);

const [sender] = await call("GET", "/senders");
const { id: campaign } = await call("POST", "/campaigns", {
  sender_name: sender.name,
  sender_email: sender.email,
  subject: "News 🦉",
  body: base64("<p>News</p>"),
  list_id: list,
  name: "First",
});
const made = await call("GET", `/campaigns/${campaign}`);

const letter = {
  subject: "Receipt 🦉",
  html: base64("<p>Thank you!</p>"),
  from: { name: sender.name, email: sender.email },
  to: [{ name: "Ada", email: "ada@example.com" }],
};
const { id: sent } = await call("POST", "/smtp/emails", { email: letter });
const mail = await call("GET", `/smtp/emails/${sent}`);

const told = {
  list: { id: list, name: known.name, contacts: known.all_email_qty },
  pages,
  campaign: { id: campaign, name: made.name, subject: made.message.subject, recipients: made.all_email_qty },
  mail: { id: sent, sender: mail.sender, recipient: mail.recipient },
};
console.log(JSON.stringify(told));
