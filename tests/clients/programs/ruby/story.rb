# Logs in, fills a mailing list and reads it page by page, makes a campaign, sends a mail, and tells what it read.
require "json"
require "net/http"

HTTP = Net::HTTP.start("api.sendpulse.com", 443, use_ssl: true, read_timeout: 30)
HEADERS = { "Content-Type" => "application/json" }

def call(method, path, body = nil)
  answer = HTTP.send_request(method, path, body && JSON.generate(body), HEADERS)
  raise "#{method} #{path}: #{answer.code} #{answer.body}" unless answer.code == "200"

  JSON.parse(answer.body)
end

def base64(text) = [text].pack("m") # which breaks lines, as Ruby's encoder does

login = call("POST", "/oauth/access_token",
             grant_type: "client_credentials",
             client_id: ENV.fetch("SENDPULSE_CLIENT_ID"),
             client_secret: ENV.fetch("SENDPULSE_CLIENT_SECRET"))
HEADERS["Authorization"] = "Bearer #{login["access_token"]}"

list = call("POST", "/addressbooks", bookName: "Readers")["id"]
contacts = %w[ada grace alan edsger barbara].map { |name| { email: "#{name}@example.com", variables: { name: name } } }
call("POST", "/addressbooks/#{list}/emails", emails: contacts)
known = call("GET", "/addressbooks/#{list}")[0]
pages = []
loop do
  page = call("GET", "/addressbooks/#{list}/emails?limit=2&offset=#{2 * pages.length}")
  pages << page.map { |contact| contact["email"] }
  break if page.length < 2
end

sender = call("GET", "/senders")[0]
campaign = call("POST", "/campaigns",
                sender_name: sender["name"],
                sender_email: sender["email"],
                subject: "News 🦉",
                body: base64("<p>News</p>"),
                list_id: list,
                name: "First")["id"]
made = call("GET", "/campaigns/#{campaign}")

letter = {
  subject: "Receipt 🦉",
  html: base64("<p>Thank you!</p>"),
  from: { name: sender["name"], email: sender["email"] },
  to: [{ name: "Ada", email: "ada@example.com" }]
}
sent = call("POST", "/smtp/emails", email: letter)["id"]
mail = call("GET", "/smtp/emails/#{sent}")

puts JSON.generate(
  list: { id: list, name: known["name"], contacts: known["all_email_qty"] },
  pages: pages,
  campaign: {
    id: campaign,
    name: made["name"],
    subject: made["message"]["subject"],
    recipients: made["all_email_qty"]
  },
  mail: { id: sent, sender: mail["sender"], recipient: mail["recipient"] }
)
