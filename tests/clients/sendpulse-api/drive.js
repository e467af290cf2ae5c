// Calls every function that npm's sendpulse-api exports.
"use strict";

const sendpulse = require("sendpulse-api");

const ADA = "ada+click@example.com";
const GRACE = "grace@example.com";
const HTML = '<p>Read <a href="https://example.com/news">the news</a></p>';
const PHONES = ["380931112233"];

const { SENDPULSE_CLIENT_ID: ID, SENDPULSE_CLIENT_SECRET: SECRET } = process.env;

const print = (line) => console.log(JSON.stringify(line));

// What came back from a call: its function's name, and behind a comma what is special about it.
async function call(name, ...args) {
  try {
    const answer = await new Promise((resolve) => sendpulse[name.split(",")[0]](resolve, ...args));
    print({ call: name, answer });
    return answer;
  } catch (error) {
    print({ call: name, raises: error.constructor.name });
  }
}

// What the emulator does where a person would do something.
async function steer(path, steps) {
  const url = `${process.env.SENDPULSE_MOCK_URL}/_mock/accounts/${ID}/${path}`;
  const headers = { "Content-Type": "application/json" };
  return (await fetch(url, { method: "POST", headers, body: JSON.stringify(steps) })).json();
}

const later = (duration) => steer("clock/advance", { duration });
const mailedCode = async (address) => (await steer("outbox/wait", { to: address, timeout: 5 })).message.code;

async function account() {
  print({ call: "init", answer: await new Promise((resolve) => sendpulse.init(ID, SECRET, "tokens", resolve)) });
  await call("getToken");
  await call("getBalance");
  await call("getBalance, in a currency", "usd");
  const [owner] = await call("listSenders");
  await call("addSender", "Ada", ADA);
  await later("16m");
  await call("getSenderActivationMail", ADA);
  await call("activateSender", ADA, await mailedCode(ADA));
  await call("removeSender", ADA);
  return owner.email;
}

async function mailingLists() {
  const { id } = await call("createAddressBook", "Readers");
  await call("editAddressBook", id, "Writers");
  await call("listAddressBooks", 10, 0);
  await call("getBookInfo", id);
  await call("addEmails", id, [{ email: ADA, variables: { name: "Ada 🦉" } }, { email: GRACE }]);
  await call("updateEmailVariables", id, GRACE, [{ name: "name", value: "Grace" }]);
  await call("getEmailsFromBook", id);
  await call("getEmailInfo", id, ADA);
  await call("getEmailGlobalInfo", ADA);
  await call("campaignCost", id);
  return id;
}

async function templates() {
  const letter = { name: "Welcome", body: Buffer.from("<p>Hello</p>").toString("base64"), lang: "en" };
  const answer = await new Promise((resolve) => sendpulse.sendRequest("template", "POST", letter, resolve));
  print({ call: "sendRequest", answer });
  await call("listEmailTemplates");
  await call("getEmailTemplate", answer.real_id);
}

async function campaigns(sender, book) {
  const { id } = await call("createCampaign", "The editors", sender, "News 🦉", HTML, book, "First");
  await later("16m");
  await call("listCampaigns", 10, 0);
  await call("getCampaignInfo", id);
  await call("campaignStatByCountries", id);
  await call("campaignStatByReferrals", id);
  await call("emailStatByCampaigns", ADA);
  const file = { "a.txt": "Attached" };
  const cancelled = await call("createCampaign, with a file", "The editors", sender, "News", HTML, book, "Second", file);
  await call("cancelCampaign", cancelled.id);
}

async function blacklist() {
  await call("addToBlackList", `${ADA},${GRACE}`, "asked for it");
  await call("getBlackList");
  await call("removeFromBlackList", `${ADA},${GRACE}`);
}

async function smtp(sender) {
  const from = { name: "The editors", email: sender };
  const letter = { subject: "Receipt 🦉", html: HTML, text: "Thank you!", from, to: [{ name: "Ada", email: ADA }] };
  const { id } = await call("smtpSendMail", letter);
  await call("smtpListEmails", 10, 0);
  await call("smtpGetEmailInfoById", id);
  await call("smtpUnsubscribeEmails", [{ email: GRACE, comment: "asked for it" }]);
  await call("smtpRemoveFromUnsubscribe", [GRACE]);
  await call("smtpListIP");
  await call("smtpAddDomain", "owner@shop.example");
  await call("smtpListAllowedDomains");
  await call("smtpVerifyDomain", "owner@shop.example");
}

async function sms(book) {
  const variables = [{ name: "name", type: "string", value: "Ada" }];
  await call("smsAddPhones", book, PHONES);
  await call("smsAddPhonesWithVariables", book, { [PHONES[0]]: [variables] });
  await call("smsGetPhoneInfo", book, PHONES[0]);
  await call("smsUpdatePhonesVariables", book, PHONES, variables);
  await call("smsRemovePhones", book, PHONES);
  await call("smsAddPhonesToBlacklist", PHONES, "asked for it");
  await call("smsGetBlackList");
  await call("smsGetPhonesInfoFromBlacklist", PHONES);
  await call("smsDeletePhonesFromBlacklist", PHONES);
  await call("smsGetCampaignCost", "Shop", "News", book, PHONES);
  await call("smsAddCampaign", "Shop", book, "News");
  await call("smsSend", "Shop", PHONES, "News");
  await call("smsGetListCampaigns", "2026-01-01 00:00:00", "2026-02-01 00:00:00");
  await call("smsGetCampaignInfo", 1);
  await call("smsCancelCampaign", 1);
  await call("smsDeleteCampaign", 1);
}

async function farewell(book) {
  await call("removeEmails", book, [GRACE]);
  await call("removeEmailFromAllBooks", ADA);
  await call("removeAddressBook", book);
}

async function main() {
  print({ version: require("sendpulse-api/package.json").version, surface: Object.keys(sendpulse).sort() });
  const sender = await account();
  const book = await mailingLists();
  await templates();
  await campaigns(sender, book);
  await blacklist();
  await smtp(sender);
  await sms(book);
  await farewell(book);
}

main();
