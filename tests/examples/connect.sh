#!/bin/sh
# Asks the emulator at $SENDPULSE_BASE_URL for a token, and with that for the mailing lists.
set -eu

token=$(
    curl --silent "$SENDPULSE_BASE_URL/oauth/access_token" \
        --data grant_type=client_credentials \
        --data "client_id=$SENDPULSE_CLIENT_ID" \
        --data "client_secret=$SENDPULSE_CLIENT_SECRET" |
        sed 's/.*"access_token":"\([^"]*\)".*/\1/'
)
curl --silent "$SENDPULSE_BASE_URL/addressbooks" --header "Authorization: Bearer $token"
