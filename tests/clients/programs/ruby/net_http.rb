# Logs in, makes a mailing list and reads it, with Net::HTTP.
require "json"
require "net/http"

API = URI("https://api.sendpulse.com")

def call(kind, path, body = nil, token = nil)
  request = kind.new(path, "Content-Type" => "application/json")
  request["Authorization"] = "Bearer #{token}" if token
  request.body = JSON.generate(body) if body
  answer = Net::HTTP.start(API.host, API.port, use_ssl: true, read_timeout: 30) { |http| http.request(request) }
  JSON.parse(answer.body)
end

login = {
  grant_type: "client_credentials",
  client_id: ENV.fetch("SENDPULSE_CLIENT_ID"),
  client_secret: ENV.fetch("SENDPULSE_CLIENT_SECRET")
}
token = call(Net::HTTP::Post, "/oauth/access_token", login)["access_token"]
book = call(Net::HTTP::Post, "/addressbooks", { bookName: "Readers" }, token)["id"]
puts call(Net::HTTP::Get, "/addressbooks/#{book}", nil, token)[0]["name"]
