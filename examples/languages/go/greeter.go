// Answers `greet` with `greeted`: a whole service on the standard library. Go 1.18 or newer.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

type delivery struct {
	Payload struct {
		Name *string `json:"name"`
	} `json:"payload"`
}

func greet(w http.ResponseWriter, r *http.Request) {
	var message delivery
	if err := json.NewDecoder(r.Body).Decode(&message); err != nil || message.Payload.Name == nil {
		http.Error(w, `the payload has to be like {"name": "Ada"}`, http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{
		"reply": map[string]any{
			"name": "greeted",
			"payload": map[string]string{
				"text":     fmt.Sprintf("Hello, %s!", *message.Payload.Name),
				"language": "go",
			},
		},
	})
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	mux := http.NewServeMux() // answers 404 to everything else
	mux.HandleFunc("/run/greet", greet)
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("EXORELAY_PORT"))
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Handler: mux}
	go server.Serve(listener)
	fmt.Println("greeter online")
	<-ctx.Done()
	server.Shutdown(context.Background()) // finishes what it has begun
}
