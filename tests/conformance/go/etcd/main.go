// Command etcd is the unmodified etcd server, built from its published Go module: the store
// behind the API server of the conformance tests.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
