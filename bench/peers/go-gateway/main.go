// A gateway from MQTT to Kafka as a Go programmer writes it in an afternoon, for the benches to compare with: mochi-mqtt
// takes the messages, franz-go carries them to Kafka. Nothing is durable before Kafka has it. PUBACK is sent at once
// or, with -ack-after-kafka, once Kafka has acknowledged the record.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"math"
	"os"
	"os/signal"
	"sort"
	"strings"
	"syscall"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
	"github.com/twmb/franz-go/pkg/kgo"
)

// forwarder hands each PUBLISH to Kafka.
type forwarder struct {
	mqtt.HookBase
	kafka *kgo.Client
	topic string
	wait  bool
}

func (f *forwarder) ID() string { return "forwarder" }

func (f *forwarder) Provides(b byte) bool { return bytes.Contains([]byte{mqtt.OnPublish}, []byte{b}) }

func (f *forwarder) OnPublish(_ *mqtt.Client, packet packets.Packet) (packets.Packet, error) {
	levels := strings.SplitN(packet.TopicName, "/", 3)
	if len(levels) != 3 {
		return packet, packets.ErrTopicNameInvalid
	}
	var readings map[string]float64
	if err := json.Unmarshal(packet.Payload, &readings); err != nil {
		return packet, packets.ErrPayloadFormatInvalid
	}
	record := &kgo.Record{Topic: f.topic, Key: []byte(levels[1]), Value: encode(levels[1], readings)}
	if f.wait {
		if err := f.kafka.ProduceSync(context.Background(), record).FirstErr(); err != nil {
			return packet, packets.ErrServerUnavailable
		}
	} else {
		f.kafka.Produce(context.Background(), record, func(_ *kgo.Record, err error) {
			if err != nil {
				log.Printf("lost: %v", err)
			}
		})
	}
	// Nobody subscribes: the message has gone where it should.
	return packet, packets.CodeSuccessIgnore
}

// encode writes the device, the time and the readings, each with its length before it.
func encode(device string, readings map[string]float64) []byte {
	metrics := make([]string, 0, len(readings))
	for metric := range readings {
		metrics = append(metrics, metric)
	}
	sort.Strings(metrics)
	value := make([]byte, 0, 96)
	value = binary.AppendUvarint(value, uint64(len(device)))
	value = append(value, device...)
	value = binary.AppendUvarint(value, uint64(time.Now().UnixMicro()))
	for _, metric := range metrics {
		value = binary.AppendUvarint(value, uint64(len(metric)))
		value = append(value, metric...)
		value = binary.LittleEndian.AppendUint64(value, math.Float64bits(readings[metric]))
	}
	return value
}

func main() {
	brokers := flag.String("brokers", "", "host:port, separated by commas")
	topic := flag.String("topic", "", "where the records go; has to exist")
	wait := flag.Bool("ack-after-kafka", false, "PUBACK once Kafka has acknowledged the record")
	address := flag.String("listen", "127.0.0.1:0", "where MQTT clients connect")
	flag.Parse()

	kafka, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(*brokers, ",")...),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerLinger(5*time.Millisecond),
		kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.MaxBufferedRecords(200_000),
	)
	if err != nil {
		log.Fatal(err)
	}
	capabilities := mqtt.NewDefaultServerCapabilities()
	capabilities.MaximumInflight = math.MaxUint16
	capabilities.ReceiveMaximum = math.MaxUint16
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	server := mqtt.New(&mqtt.Options{Capabilities: capabilities, Logger: quiet})
	_ = server.AddHook(new(auth.AllowHook), nil)
	_ = server.AddHook(&forwarder{kafka: kafka, topic: *topic, wait: *wait}, nil)
	tcp := listeners.NewTCP(listeners.Config{ID: "mqtt", Address: *address})
	if err := server.AddListener(tcp); err != nil {
		log.Fatal(err)
	}
	if err := server.Serve(); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("ready %s\n", tcp.Address())

	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGINT)
	<-ends
	_ = server.Close()
	kafka.Close()
}
