# Logs in, makes a mailing list and reads it, with curl.
set -eu

api=https://api.sendpulse.com

field() { sed 's/.*"'"$1"'":"\{0,1\}\([^",}]*\).*/\1/'; }
call() { curl -sS --fail --max-time 30 "$@"; }

token=$(
    call $api/oauth/access_token -d grant_type=client_credentials \
        -d "client_id=$SENDPULSE_CLIENT_ID" -d "client_secret=$SENDPULSE_CLIENT_SECRET" | field access_token
)
book=$(call $api/addressbooks -H "Authorization: Bearer $token" -d bookName=Readers | field id)
call $api/addressbooks/"$book" -H "Authorization: Bearer $token" | field name
