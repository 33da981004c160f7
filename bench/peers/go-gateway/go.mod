module headwater.dev/bench/go-gateway

go 1.26.0

require (
	github.com/mochi-mqtt/server/v2 v2.7.9
	github.com/twmb/franz-go v1.22.3
)

require (
	github.com/gorilla/websocket v1.5.0 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/pierrec/lz4/v4 v4.1.33 // indirect
	github.com/rs/xid v1.4.0 // indirect
	github.com/twmb/franz-go/pkg/kmsg v1.15.1 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
