// Logs in, makes a mailing list and reads it, with net/http.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
)

func call(method, path string, body any, token string, into any) {
	sent, err := json.Marshal(body)
	if err != nil {
		log.Fatal(err)
	}
	request, err := http.NewRequest(method, "https://api.sendpulse.com"+path, bytes.NewReader(sent))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		log.Fatal(err)
	}
}

func main() {
	var login struct {
		Token string `json:"access_token"`
	}
	call("POST", "/oauth/access_token", map[string]string{
		"grant_type":    "client_credentials",
		"client_id":     os.Getenv("SENDPULSE_CLIENT_ID"),
		"client_secret": os.Getenv("SENDPULSE_CLIENT_SECRET"),
	}, "", &login)
	var made struct {
		ID int `json:"id"`
	}
	call("POST", "/addressbooks", map[string]string{"bookName": "Readers"}, login.Token, &made)
	var books []struct {
		Name string `json:"name"`
	}
	call("GET", fmt.Sprintf("/addressbooks/%d", made.ID), struct{}{}, login.Token, &books)
	fmt.Println(books[0].Name)
}
