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
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"

	goyaml "go.yaml.in/yaml/v2"
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
	if !mayVary(text) {
		return first
	}
	for range 200 {
		if !reflect.DeepEqual(first, read(text)) {
			return answer{Documents: []any{}, Varies: true}
		}
	}
	return first
}

// mayVary says whether the order can show at all: only where a map has several keys, and where a key is made to a text.
// What cannot be told may.
func mayVary(text string) bool {
	if yaml.IsJSONBuffer([]byte(text)) {
		return true
	}
	reader := yaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		part, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return false
		}
		var value any
		if err != nil || goyaml.Unmarshal(part, &value) != nil {
			return true
		}
		if several, made := keys(value); several && made {
			return true
		}
	}
}

// keys says whether some map below has several keys, and whether some key is no text.
func keys(value any) (several, made bool) {
	parts := []any{}
	switch value := value.(type) {
	case []any:
		parts = value
	case map[any]any:
		several = len(value) > 1
		for key, each := range value {
			_, text := key.(string)
			made = made || !text
			parts = append(parts, each)
		}
	}
	for _, part := range parts {
		more, others := keys(part)
		several, made = several || more, made || others
	}
	return several, made
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
