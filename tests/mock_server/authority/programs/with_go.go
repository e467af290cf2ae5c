// As with_requests.py, by Go's net/http.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

func ask(host, port string) string {
	dial := func(context.Context, string, string) (net.Conn, error) { return net.Dial("tcp", "127.0.0.1:"+port) }
	client := http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: 30 * time.Second}
	answer, err := client.Get("https://" + net.JoinHostPort(host, port) + "/")
	if err != nil {
		return "refused " + err.Error()
	}
	answer.Body.Close()
	return "accepted"
}

func main() {
	for at := 1; at < len(os.Args); at += 2 {
		fmt.Println(ask(os.Args[at], os.Args[at+1]))
	}
}
