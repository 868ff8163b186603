#!/usr/bin/env bash
# Server-side apply: a field that nobody owns goes when the last owned field beside it goes.
# sigs.k8s.io/structured-merge-diff v6.3.0, the library with which Kubernetes 1.34 merges server-side applies.
# A ServiceAccount has two annotations: `note`, which the applier owns, and `role`, which no manager owns. An admission
# webhook wrote it, or its owner's entry was dropped from managedFields. The applier applies again, without `note`.
#
# Guess: an apply removes what its manager owned and no longer says, so `note` goes and `role` stays. Nobody who applies
# has ever owned it, and the documentation says that fields of nobody are left alone. Really: it depends on what else is
# said. Says the applier another annotation, `role` stays. Says it none, the whole mapping goes, and `role` with it. The
# set of what was owned is widened to the mappings that its fields lie in (EnsureNamedFieldsAreMembers, in
# merge/update.go). What is put back afterwards is only what somebody owns.
#
# Seen: one annotation is left out, another is kept:  map[keep:1 role:arn]
#       the last annotation is left out:              map[]
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module finding

go 1.23
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/merge"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

const schema = `types:
- name: account
  map:
    fields:
    - name: metadata
      type:
        namedType: metadata
- name: metadata
  map:
    fields:
    - name: name
      type: {scalar: string}
    - name: annotations
      type:
        map:
          elementType: {scalar: string}
`

type sameVersion struct{}

func (sameVersion) Convert(object *typed.TypedValue, _ fieldpath.APIVersion) (*typed.TypedValue, error) {
	return object, nil
}

func (sameVersion) IsMissingVersionError(error) bool { return false }

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func after(first, second string) interface{} {
	parser, err := typed.NewParser(typed.YAMLObject(schema))
	check(err)
	account := parser.Type("account")
	parse := func(text string) *typed.TypedValue {
		value, err := account.FromYAML(typed.YAMLObject(text))
		check(err)
		return value
	}
	updater := (&merge.UpdaterBuilder{Converter: sameVersion{}}).BuildUpdater()
	live, managers, err := updater.Apply(parse("{}"), parse(first), "v1", fieldpath.ManagedFields{}, "applier", true)
	check(err)
	// Written by nobody: merged into the object, and no manager owns it.
	live, err = live.Merge(parse(`{metadata: {annotations: {role: arn}}}`))
	check(err)
	applied, _, err := updater.Apply(live, parse(second), "v1", managers, "applier", true)
	check(err)
	annotations := applied.AsValue().Unstructured().(map[string]interface{})["metadata"].(map[string]interface{})["annotations"]
	if annotations == nil {
		return map[string]interface{}{}
	}
	return annotations
}

func main() {
	fmt.Println("one annotation is left out, another is kept: ",
		after(`{metadata: {name: a, annotations: {note: x, keep: "1"}}}`, `{metadata: {name: a, annotations: {keep: "1"}}}`))
	fmt.Println("the last annotation is left out:             ",
		after(`{metadata: {name: a, annotations: {note: x}}}`, `{metadata: {name: a}}`))
}
GO
go get sigs.k8s.io/structured-merge-diff/v6@v6.3.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
seen=$(go run .)
echo "$seen"
expected='one annotation is left out, another is kept:  map[keep:1 role:arn]
the last annotation is left out:              map[]'
[ "$seen" = "$expected" ] || { echo "this changed; it was:" >&2; echo "$expected" >&2; exit 1; }
