#!/bin/sh
# Calls the API with curl in the ways that people write it, and prints a line of JSON for each.
set -eu

api=https://api.sendpulse.com
html=$(printf '<p>Thank you!</p>' | base64)

# tell CALL ARGUMENT...: what curl answers, or its exit code.
tell() {
    call=$1
    shift
    if answer=$(curl -sS --max-time 20 -H "Authorization: Bearer ${token:-}" "$@"); then
        printf '{"call": "%s", "answer": %s}\n' "$call" "$answer"
    else
        printf '{"call": "%s", "raises": "exit code %s"}\n' "$call" $?
    fi
}

# The value of a field in the last answer.
told() { printf '%s' "$answer" | sed "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/"; }

json() { printf '{"grant_type": "client_credentials", "client_id": "%s", "client_secret": "%s"}' "$1" "$2"; }

printf '{"version": "any", "surface": []}\n'
tell 'no token' $api/addressbooks
tell 'a token, by a form' $api/oauth/access_token -d grant_type=client_credentials \
    -d client_id="$SENDPULSE_CLIENT_ID" -d client_secret="$SENDPULSE_CLIENT_SECRET"
tell 'a token, by a multipart form' $api/oauth/access_token -F grant_type=client_credentials \
    -F client_id="$SENDPULSE_CLIENT_ID" -F client_secret="$SENDPULSE_CLIENT_SECRET"
tell 'a token, by JSON' $api/oauth/access_token -H 'Content-Type: application/json' \
    -d "$(json "$SENDPULSE_CLIENT_ID" "$SENDPULSE_CLIENT_SECRET")"
token=$(told access_token)

tell 'a list, by a form' $api/addressbooks -d bookName=Readers
book=$(told id)
tell 'a list, by JSON' $api/addressbooks -H 'Content-Type: application/json' -d '{"bookName": "Writers"}'
tell 'contacts, as a form of fields' $api/addressbooks/"$book"/emails \
    -d 'emails[0][email]=ada@example.com' -d 'emails[0][variables][name]=Ada'
tell 'contacts, as a form of addresses' $api/addressbooks/"$book"/emails -d 'emails[]=grace@example.com'
tell 'contacts, as JSON in a form' $api/addressbooks/"$book"/emails \
    --data-urlencode 'emails=[{"email": "eve+shop@example.com"}]'
tell 'contacts, as JSON' $api/addressbooks/"$book"/emails -H 'Content-Type: application/json' \
    -d '{"emails": ["alan@example.com"]}'
tell 'a page, by the query' -G $api/addressbooks/"$book"/emails -d limit=2 -d offset=1
tell 'a page, by a body of GET' -X GET $api/addressbooks/"$book"/emails -d limit=1
tell 'a plus in a path' $api/addressbooks/"$book"/emails/eve+shop@example.com
tell 'two slashes' $api//addressbooks/"$book"/emails/total
tell 'a slash at the end' $api/balance/
tell 'an empty query' "$api/senders?"
sender=$(told email)
tell 'compressed' --compressed $api/addressbooks
tell 'HTTP 1.0' --http1.0 $api/addressbooks
tell 'HTTP 1.0, without ALPN' --http1.0 --no-alpn $api/addressbooks
tell 'HTTP 2, if there is any' --http2 $api/addressbooks
tell 'plain HTTP' http://api.sendpulse.com/addressbooks
tell 'DELETE with a body' -X DELETE $api/addressbooks/"$book"/emails -d 'emails[]=grace@example.com'
tell 'PUT' -X PUT $api/addressbooks/"$book" -d name=Everybody
tell 'a campaign, by a form' $api/campaigns -d sender_name='The editors' -d sender_email="$sender" \
    -d subject=News -d list_id="$book" --data-urlencode body="$html"
tell 'a mail, by JSON' $api/smtp/emails -H 'Content-Type: application/json' -d '{"email": {
    "subject": "Your receipt", "html": "'"$html"'", "from": {"name": "Shop", "email": "'"$sender"'"},
    "to": [{"email": "ada@example.com"}]}}'
tell 'the mail' $api/smtp/emails/"$(told id)"
seq 1 50000 | sed 's/.*/reader-&@example.com/' | paste -sd , - | base64 | tell 'a large body, after 100 Continue' \
    $api/blacklist -H 'Expect: 100-continue' --data-urlencode emails@- -o /dev/null -w '%{http_code}'
