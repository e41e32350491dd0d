// Package ferretdb names the server that the tests of the MongoDB store run against, so that go.sum pins all of it.
package ferretdb

import _ "github.com/FerretDB/FerretDB/cmd/ferretdb"
