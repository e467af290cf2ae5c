// Logs in, fills a mailing list and reads it page by page, makes a campaign, sends a mail, and tells what it read.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

type object = map[string]any

var token string

func call[Answer any](method, path string, body object) (answer Answer) {
	var sent io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		check(err)
		sent = bytes.NewReader(encoded)
	}
	request, err := http.NewRequest(method, "https://api.sendpulse.com"+path, sent)
	check(err)
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	check(err)
	defer response.Body.Close()
	if response.StatusCode != 200 {
		told, _ := io.ReadAll(response.Body)
		log.Fatalf("%s %s: %d %s", method, path, response.StatusCode, told)
	}
	check(json.NewDecoder(response.Body).Decode(&answer))
	return answer
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func logIn() {
	token = call[object]("POST", "/oauth/access_token", object{
		"grant_type":    "client_credentials",
		"client_id":     os.Getenv("SENDPULSE_CLIENT_ID"),
		"client_secret": os.Getenv("SENDPULSE_CLIENT_SECRET"),
	})["access_token"].(string)
}

func aList() any {
	list := call[object]("POST", "/addressbooks", object{"bookName": "Readers"})["id"]
	var contacts []object
	for _, name := range []string{"ada", "grace", "alan", "edsger", "barbara"} {
		contacts = append(contacts, object{"email": name + "@example.com", "variables": object{"name": name}})
	}
	call[object]("POST", fmt.Sprintf("/addressbooks/%v/emails", list), object{"emails": contacts})
	return list
}

func pagesOf(list any) (pages [][]any) {
	for {
		page := call[[]object]("GET", fmt.Sprintf("/addressbooks/%v/emails?limit=2&offset=%d", list, 2*len(pages)), nil)
		addresses := []any{}
		for _, contact := range page {
			addresses = append(addresses, contact["email"])
		}
		pages = append(pages, addresses)
		if len(page) < 2 {
			return pages
		}
	}
}

func aCampaign(list any, sender object) object {
	campaign := call[object]("POST", "/campaigns", object{
		"sender_name":  sender["name"],
		"sender_email": sender["email"],
		"subject":      "News 🦉",
		"body":         encoded("<p>News</p>"),
		"list_id":      list,
		"name":         "First",
	})["id"]
	made := call[object]("GET", fmt.Sprintf("/campaigns/%v", campaign), nil)
	subject := made["message"].(object)["subject"]
	return object{"id": campaign, "name": made["name"], "subject": subject, "recipients": made["all_email_qty"]}
}

func aMail(sender object) object {
	sent := call[object]("POST", "/smtp/emails", object{"email": object{
		"subject": "Receipt 🦉",
		"html":    encoded("<p>Thank you!</p>"),
		"from":    object{"name": sender["name"], "email": sender["email"]},
		"to":      []object{{"name": "Ada", "email": "ada@example.com"}},
	}})["id"]
	mail := call[object]("GET", fmt.Sprintf("/smtp/emails/%v", sent), nil)
	return object{"id": sent, "sender": mail["sender"], "recipient": mail["recipient"]}
}

func main() {
	logIn()
	list := aList()
	known := call[[]object]("GET", fmt.Sprintf("/addressbooks/%v", list), nil)[0]
	pages := pagesOf(list)
	sender := call[[]object]("GET", "/senders", nil)[0]
	check(json.NewEncoder(os.Stdout).Encode(object{
		"list":     object{"id": list, "name": known["name"], "contacts": known["all_email_qty"]},
		"pages":    pages,
		"campaign": aCampaign(list, sender),
		"mail":     aMail(sender),
	}))
}
