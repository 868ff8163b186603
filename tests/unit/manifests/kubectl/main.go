// Reads texts as kubectl reads files of manifests, and says what it got.
//
// In: a JSON list of texts. Out: a JSON list with an answer for each, {"documents": [VALUE, ...]} for what came before
// the end or the error, and {"error": "..."} beside it where there was one; {"varies": true} where the same text is read
// in several ways. A VALUE says its type:
// ["int64", "1"], ["float64", "1.5"], ["string", "a"], ["bool", true], ["null"], ["list", VALUE ...],
// ["map", [KEY, VALUE] ...] by its keys.
//
// What kubectl does: k8s.io/cli-runtime, pkg/resource/visitor.go, StreamVisitor.Visit decodes each document into a
// RawExtension; pkg/resource/mapper.go, infoForData decodes that by UnstructuredJSONScheme, which reads numbers by
// sigs.k8s.io/json, UnmarshalCaseSensitivePreserveInts.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"sort"
	"strconv"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	kjson "sigs.k8s.io/json"
)

type answer struct {
	Documents []any  `json:"documents"`
	Error     string `json:"error,omitempty"`
	Varies    bool   `json:"varies,omitempty"`
}

func main() {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	answers := make([]answer, 0, len(texts))
	for _, text := range texts {
		answers = append(answers, readAgain(text))
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// readAgain says whether the answer depends on the order in which Go goes through a map.
func readAgain(text string) answer {
	first := read(text)
	for range 200 {
		if !reflect.DeepEqual(first, read(text)) {
			return answer{Documents: []any{}, Varies: true}
		}
	}
	return first
}

func read(text string) answer {
	found := answer{Documents: []any{}}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader([]byte(text)), 4096)
	for {
		raw := runtime.RawExtension{}
		if err := decoder.Decode(&raw); err != nil {
			if !errors.Is(err, io.EOF) {
				found.Error = err.Error()
			}
			return found
		}
		content := bytes.TrimSpace(raw.Raw)
		if len(content) == 0 || bytes.Equal(content, []byte("null")) {
			continue
		}
		var value any
		if err := kjson.UnmarshalCaseSensitivePreserveInts(content, &value); err != nil {
			found.Error = err.Error()
			return found
		}
		found.Documents = append(found.Documents, typed(value))
	}
}

func typed(value any) []any {
	switch value := value.(type) {
	case nil:
		return []any{"null"}
	case bool:
		return []any{"bool", value}
	case string:
		return []any{"string", value}
	case int64:
		return []any{"int64", strconv.FormatInt(value, 10)}
	case float64:
		return []any{"float64", strconv.FormatFloat(value, 'g', -1, 64)}
	case []any:
		list := []any{"list"}
		for _, each := range value {
			list = append(list, typed(each))
		}
		return list
	case map[string]any:
		keys := make([]string, 0, len(value))
		for key := range value {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		mapping := []any{"map"}
		for _, key := range keys {
			mapping = append(mapping, []any{key, typed(value[key])})
		}
		return mapping
	}
	panic(fmt.Sprintf("a value of type %T", value))
}
