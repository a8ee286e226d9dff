#!/bin/sh
# Builds etcd and kube-apiserver, the servers of the conformance tests, from their pinned Go
# modules into the cache folder: ${MLSDC_CACHE:-.cache/conformance}/bin. A binary whose inputs
# (main.go, go.mod, go.sum, Go's version, this script) have not changed is left as it is.
# Needs Go 1.24 or newer on the PATH. A cold build takes minutes and 3 GB in Go's own caches.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin="${MLSDC_CACHE:-$root/.cache/conformance}/bin"

if ! command -v go >/dev/null 2>&1; then
    echo "build_control_plane.sh: Go is not on the PATH; install Go 1.24 or newer" >&2
    exit 127
fi
mkdir -p "$bin"
bin=$(cd "$bin" && pwd)

# Prints the version that the go.mod of module $1 requires of $2.
required() {
    awk -v path="$2" '$1 == "require" { $1 = $2; $2 = $3 } $1 == path { print $2; exit }' \
        "$here/go/$1/go.mod"
}

# Builds the module $1 with the linker flags $2, unless its stamp says it is up to date.
build() {
    name=$1
    ldflags=$2
    inputs=$(cat "$here/go/$name/main.go" "$here/go/$name/go.mod" "$here/go/$name/go.sum" "$0"
        go env GOVERSION GOOS GOARCH)
    stamp=$(printf '%s' "$inputs" | cksum)
    if [ -x "$bin/$name" ] && [ "$(cat "$bin/$name.stamp" 2>/dev/null)" = "$stamp" ]; then
        echo "$name: up to date"
        return
    fi
    echo "$name: building"
    (cd "$here/go/$name" &&
        CGO_ENABLED=0 GOFLAGS="-mod=readonly -trimpath -buildvcs=false" GOTOOLCHAIN=local GOWORK=off \
            go build -ldflags "$ldflags" -o "$bin/.$name.$$" .)
    mv "$bin/.$name.$$" "$bin/$name"
    printf '%s' "$stamp" >"$bin/$name.stamp"
    echo "$name: built"
}

# Without the version stamp the server calls itself v0.0.0-master and clients cannot read it.
kubernetes=$(required kube-apiserver k8s.io/kubernetes)
version=k8s.io/component-base/version
minor=${kubernetes#v*.}
build etcd "-s -w"
build kube-apiserver "-s -w -X $version.gitVersion=$kubernetes -X $version.gitMajor=1 -X $version.gitMinor=${minor%%.*}"
