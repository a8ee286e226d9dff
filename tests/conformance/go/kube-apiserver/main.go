// Command kube-apiserver is the unmodified Kubernetes API server, built from its published Go
// module, so that the conformance tests can ask a real server about every manifest.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	os.Exit(cli.Run(app.NewAPIServerCommand()))
}
