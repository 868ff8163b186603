// Reads KEDA's source, as one release has it, and writes what each scaler reads of a trigger: the parameters that its
// metadata, the variables of its target and its authentication may hold.
//
//	go run . FOLDER > scalers.json
//
// FOLDER holds one release of github.com/kedacore/keda/v2. What is read there:
//   - the switch of buildScaler (pkg/scaling/scalers_builder.go) names the type of each trigger and the function that
//     makes its scaler;
//   - from that function on, every call is followed through KEDA's own packages;
//   - a struct that is handed to ScalerConfig.TypedConfig says in its `keda:"..."` tags all that is read;
//   - older scalers look into the maps by hand: each key that is a constant counts, also where a function is given it.
//
// Foreign packages are not needed: what comes from them has no type here, and no parameter either.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
)

// Field is one parameter, in the words of KEDA's tags (pkg/scalers/scalersconfig/typed_config.go).
type Field struct {
	Names     []string `json:"names"`
	From      string   `json:"from"` // m: metadata, e: a variable of the target, a: an authentication
	Type      string   `json:"type,omitempty"`
	Required  bool     `json:"required,omitempty"`
	Enum      []string `json:"enum,omitempty"`
	Exclusive []string `json:"exclusive,omitempty"`
	Separator string   `json:"separator,omitempty"`
	Range     string   `json:"range,omitempty"`
	Target    bool     `json:"target,omitempty"`
	Refused   bool     `json:"refused,omitempty"`
}

// Scaler is what one type of trigger reads.
type Scaler struct {
	Any    bool    `json:"any,omitempty"` // it goes through all keys of the metadata
	Fields []Field `json:"fields"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run . FOLDER > scalers.json; FOLDER holds a release of KEDA")
		os.Exit(2)
	}
	source, err := load(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scalers := map[string]Scaler{}
	for name, constructor := range source.constructors() {
		scalers[name] = source.scaler(constructor)
	}
	if len(scalers) == 0 {
		fmt.Fprintf(os.Stderr, "%s: no trigger in %s\n", os.Args[1], builder)
		os.Exit(1)
	}
	for _, each := range scalers {
		sort.Slice(each.Fields, func(i, j int) bool { return each.Fields[i].Names[0] < each.Fields[j].Names[0] })
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(scalers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
