# As with_requests.py, by Ruby's Net::HTTP.
require "net/http"

ARGV.each_slice(2) do |host, port|
  http = Net::HTTP.new(host, port.to_i, nil)
  http.use_ssl = true
  http.ipaddr = "127.0.0.1"
  http.open_timeout = http.read_timeout = 30
  begin
    http.start { http.get("/") }
    puts "accepted"
  rescue OpenSSL::SSL::SSLError => error
    puts "refused #{error.message}"
  end
end
