package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"strings"
)

const (
	module  = "github.com/kedacore/keda/v2/"
	builder = "pkg/scaling"
)

// Source is KEDA's code, as far as scalers reach: its packages with their types.
type Source struct {
	root        string
	files       *token.FileSet
	packages    map[string]*types.Package
	info        *types.Info
	bodies      map[types.Object]*ast.FuncDecl
	keys        map[types.Object]map[int]bool // which parameters of a function are keys into a map
	foreign     map[*ast.Ident]string         // the types of fields that other packages define, as they are written
	identifiers map[types.Object]*ast.Ident
	targets     map[types.Object]bool // the fields that are the target of a metric
}

func load(root string) (*Source, error) {
	source := &Source{
		root:     root,
		files:    token.NewFileSet(),
		packages: map[string]*types.Package{},
		info: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
			Defs: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		},
		bodies:      map[types.Object]*ast.FuncDecl{},
		foreign:     map[*ast.Ident]string{},
		identifiers: map[types.Object]*ast.Ident{},
	}
	if _, err := source.Import(module + builder); err != nil {
		return nil, err
	}
	for identifier, object := range source.info.Defs {
		source.identifiers[object] = identifier
	}
	source.keys = source.keyParameters()
	source.targets = source.targetFields()
	return source, nil
}

// Import gives a package of KEDA its types, and any other one none. types.Config calls it.
func (s *Source) Import(name string) (*types.Package, error) {
	if known, ok := s.packages[name]; ok {
		return known, nil
	}
	if !strings.HasPrefix(name, module) {
		foreign := types.NewPackage(name, guessed(name))
		foreign.MarkComplete()
		s.packages[name] = foreign
		return foreign, nil
	}
	folder := filepath.Join(s.root, filepath.FromSlash(strings.TrimPrefix(name, module)))
	listed, err := build.Default.ImportDir(folder, build.IgnoreVendor)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	var parsed []*ast.File
	for _, file := range listed.GoFiles {
		tree, err := parser.ParseFile(s.files, filepath.Join(folder, file), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, tree)
	}
	// What comes from a foreign package is wrong to the checker; KEDA's own types come out all the same.
	config := types.Config{Importer: s, Error: func(error) {}, FakeImportC: true}
	found, _ := config.Check(name, s.files, parsed, s.info)
	s.packages[name] = found
	for _, file := range parsed {
		s.noteForeignTypes(file)
		for _, declared := range file.Decls {
			if function, ok := declared.(*ast.FuncDecl); ok && function.Body != nil {
				s.bodies[s.info.Defs[function.Name]] = function
			}
		}
	}
	return found, nil
}

// guessed is the name of a foreign package, as its path tells: "github.com/a/go-b/v2" is b.
func guessed(name string) string {
	last := path.Base(name)
	if len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		last = path.Base(path.Dir(name))
	}
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(last, "go-"), "-go"), "-", "")
}

// constructors are the functions that make scalers, by the type of their trigger.
func (s *Source) constructors() map[string]types.Object {
	found := map[string]types.Object{}
	for object, function := range s.bodies {
		if object == nil || object.Name() != "buildScaler" {
			continue
		}
		ast.Inspect(function.Body, func(node ast.Node) bool {
			clause, ok := node.(*ast.CaseClause)
			if !ok {
				return true
			}
			for _, label := range clause.List {
				if name, ok := s.constant(label); ok {
					found[name] = s.firstCall(clause)
				}
			}
			return false
		})
	}
	delete(found, "external-mock") // KEDA's own tests alone
	return found
}

func (s *Source) firstCall(clause *ast.CaseClause) types.Object {
	var called types.Object
	ast.Inspect(clause, func(node ast.Node) bool {
		if call, ok := node.(*ast.CallExpr); ok && called == nil {
			called = s.callee(call)
		}
		return called == nil
	})
	return called
}

// noteForeignTypes keeps `url.Values` and `time.Duration` of a struct's fields: without their packages they have no type.
func (s *Source) noteForeignTypes(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		field, ok := node.(*ast.Field)
		if !ok {
			return true
		}
		written := field.Type
		if pointer, ok := written.(*ast.StarExpr); ok {
			written = pointer.X
		}
		if selector, ok := written.(*ast.SelectorExpr); ok {
			owner, ok := selector.X.(*ast.Ident)
			for _, name := range field.Names {
				if ok && !s.isOwn(owner) {
					s.foreign[name] = owner.Name + "." + selector.Sel.Name
				}
			}
		}
		return true
	})
}

func (s *Source) isOwn(owner *ast.Ident) bool {
	imported, ok := s.info.Uses[owner].(*types.PkgName)
	return ok && strings.HasPrefix(imported.Imported().Path(), module)
}
