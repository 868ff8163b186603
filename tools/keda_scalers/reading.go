package main

import (
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"regexp"
	"strings"
)

var (
	// How KEDA calls the map of a trigger's metadata and that of an authentication's parameters.
	metadataMap       = regexp.MustCompile(`(?i)meta`)
	authenticationMap = regexp.MustCompile(`(?i)auth`)
)

// scaler is all that a constructor, and what it calls, reads of a trigger.
func (s *Source) scaler(constructor types.Object) Scaler {
	found := &collector{source: s, scaler: Scaler{Fields: []Field{}}, seen: map[types.Object]bool{}, fields: map[string]int{}}
	found.function(constructor)
	return found.scaler
}

type collector struct {
	source *Source
	scaler Scaler
	seen   map[types.Object]bool
	fields map[string]int
}

func (c *collector) function(object types.Object) {
	function := c.source.bodies[object]
	if function == nil || c.seen[object] {
		return
	}
	c.seen[object] = true
	ast.Inspect(function.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CallExpr:
			c.call(node)
		case *ast.IndexExpr:
			if key, ok := c.source.constant(node.Index); ok && c.source.isParameterMap(node.X) {
				c.readByHand(key, c.source.nameOf(node.X))
			}
		case *ast.RangeStmt:
			if c.source.isParameterMap(node.X) && metadataMap.MatchString(c.source.nameOf(node.X)) && node.Key != nil {
				c.scaler.Any = true
			}
			c.listedKeys(function, node)
		}
		return true
	})
}

// listedKeys adds the keys of a loop over a list that the function itself holds: `for key := range keys`.
func (c *collector) listedKeys(function *ast.FuncDecl, loop *ast.RangeStmt) {
	literal := c.source.literalOf(function, loop.X)
	if literal == nil {
		return
	}
	variables := map[types.Object]bool{}
	for _, variable := range []ast.Expr{loop.Key, loop.Value} {
		if identifier, ok := variable.(*ast.Ident); ok {
			variables[c.source.info.Defs[identifier]] = true
		}
	}
	ast.Inspect(loop.Body, func(node ast.Node) bool {
		index, ok := node.(*ast.IndexExpr)
		if !ok || !c.source.isParameterMap(index.X) {
			return true
		}
		key, ok := index.Index.(*ast.Ident)
		if ok && variables[c.source.info.Uses[key]] {
			for _, element := range literal.Elts {
				if name, ok := c.source.listed(element, key, loop); ok {
					c.readByHand(name, c.source.nameOf(index.X))
				}
			}
		}
		return true
	})
}

// listed is the constant that a variable of a loop has for one element of what the loop goes through.
func (s *Source) listed(element ast.Expr, variable *ast.Ident, loop *ast.RangeStmt) (string, bool) {
	pair, ok := element.(*ast.KeyValueExpr)
	if !ok {
		return s.constant(element)
	}
	if first, ok := loop.Key.(*ast.Ident); ok && s.info.Defs[first] == s.info.Uses[variable] {
		return s.constant(pair.Key)
	}
	return s.constant(pair.Value)
}

// literalOf is the list or the map of constants that an expression is, or that its variable was given.
func (s *Source) literalOf(function *ast.FuncDecl, expression ast.Expr) *ast.CompositeLit {
	if literal, ok := expression.(*ast.CompositeLit); ok {
		return literal
	}
	identifier, ok := expression.(*ast.Ident)
	if !ok {
		return nil
	}
	var found *ast.CompositeLit
	ast.Inspect(function.Body, func(node ast.Node) bool {
		assignment, ok := node.(*ast.AssignStmt)
		if !ok || len(assignment.Lhs) != len(assignment.Rhs) {
			return true
		}
		for i, left := range assignment.Lhs {
			name, ok := left.(*ast.Ident)
			if literal, isLiteral := assignment.Rhs[i].(*ast.CompositeLit); ok && isLiteral && s.info.Defs[name] == s.info.Uses[identifier] {
				found = literal
			}
		}
		return true
	})
	return found
}

func (c *collector) call(call *ast.CallExpr) {
	called := c.source.callee(call)
	if called == nil {
		return
	}
	if called.Name() == "TypedConfig" && len(call.Args) == 1 {
		c.structure(c.source.info.TypeOf(call.Args[0]), false)
		return
	}
	for position := range c.source.keys[called] {
		if position < len(call.Args) {
			if key, ok := c.source.constant(call.Args[position]); ok {
				c.readByHand(key, "")
			}
		}
	}
	if strings.HasPrefix(called.Pkg().Path(), module+"pkg/scalers") && called.Pkg().Name() != "scalersconfig" {
		c.function(called)
	}
}

// readByHand adds a key that code looks up, where no tag tells more of it.
func (c *collector) readByHand(key, from string) {
	switch {
	case authenticationMap.MatchString(from):
		c.add(Field{Names: []string{key}, From: "a"})
	case metadataMap.MatchString(from):
		c.add(Field{Names: []string{key}, From: "m"})
	case from == "":
		c.add(Field{Names: []string{key}, From: "mea"})
	}
}

func (c *collector) add(field Field) {
	name := strings.Join(field.Names, ";")
	index, known := c.fields[name]
	if !known {
		c.fields[name] = len(c.scaler.Fields)
		c.scaler.Fields = append(c.scaler.Fields, field)
		return
	}
	old := &c.scaler.Fields[index]
	for _, source := range field.From {
		if !strings.ContainsRune(old.From, source) {
			old.From += string(source)
		}
	}
	if old.Type == "" {
		from := old.From
		*old = field
		old.From = from
	}
}

// structure adds what the tags of a struct say. A nested one without a name belongs to the one around it.
func (c *collector) structure(given types.Type, optional bool) {
	if given == nil {
		return
	}
	for {
		pointer, ok := given.Underlying().(*types.Pointer)
		if !ok {
			break
		}
		given = pointer.Elem()
	}
	declared, ok := given.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i := range declared.NumFields() {
		tag, ok := reflect.StructTag(declared.Tag(i)).Lookup("keda")
		if !ok {
			continue
		}
		field, nested, canBeLeftOut := parsed(tag)
		if nested {
			c.structure(declared.Field(i).Type(), optional || canBeLeftOut)
			continue
		}
		field.Required = field.Required && !optional
		field.Type = c.source.kind(declared.Field(i))
		field.Target = c.source.targets[declared.Field(i)]
		c.add(field)
	}
}

// parsed reads a tag as paramsFromTag in typed_config.go does.
func parsed(tag string) (field Field, nested, optional bool) {
	nested, field.Required = true, true
	for _, part := range strings.Split(tag, ",") {
		key, value, given := strings.Cut(part, "=")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "name":
			nested = false
			field.Names = strings.Split(value, ";")
		case "optional":
			optional = !given || value == "true"
			field.Required = field.Required && !optional
		case "default":
			field.Required = false
		case "deprecated":
			field.Refused, field.Required = true, false
		case "order":
			for _, source := range strings.Split(value, ";") {
				field.From += map[string]string{"triggerMetadata": "m", "resolvedEnv": "e", "authParams": "a"}[strings.TrimSpace(source)]
			}
		case "enum":
			field.Enum = strings.Split(value, ";")
		case "exclusiveSet":
			field.Exclusive = strings.Split(value, ";")
		case "separator":
			field.Separator = value
		case "range":
			field.Range = value
			if !given {
				field.Range = "-"
			}
		}
	}
	return field, nested, optional
}

// kind is a type as a reader of texts sees it: `int`, `[]string`; foreign types have the name that the code gives them.
func (s *Source) kind(field *types.Var) string {
	if foreign := s.written(field); foreign != "" {
		return foreign
	}
	switch known := field.Type().Underlying().(type) {
	case *types.Basic:
		return known.Name()
	case *types.Slice:
		return "[]" + elementName(known.Elem())
	case *types.Map:
		return "map"
	case *types.Pointer:
		return elementName(known.Elem())
	}
	return "any"
}

func elementName(element types.Type) string {
	if basic, ok := element.Underlying().(*types.Basic); ok {
		return basic.Name()
	}
	return "any"
}

// written is a foreign type of a field as it stands in the code: `url.Values`, `time.Duration`; empty for others.
func (s *Source) written(field *types.Var) string {
	return s.foreign[s.identifiers[field]]
}

func (s *Source) constant(expression ast.Expr) (string, bool) {
	value := s.info.Types[expression].Value
	if value == nil || value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(value), true
}

func (s *Source) isParameterMap(expression ast.Expr) bool {
	given := s.info.TypeOf(expression)
	if given == nil {
		return false
	}
	known, ok := given.Underlying().(*types.Map)
	return ok && elementName(known.Key()) == "string" && elementName(known.Elem()) == "string"
}

func (s *Source) nameOf(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.Ident:
		return expression.Name
	case *ast.SelectorExpr:
		return expression.Sel.Name
	}
	return ""
}

func (s *Source) callee(call *ast.CallExpr) types.Object {
	function := call.Fun
	if generic, ok := function.(*ast.IndexExpr); ok {
		function = generic.X
	}
	var object types.Object
	switch function := function.(type) {
	case *ast.Ident:
		object = s.info.Uses[function]
	case *ast.SelectorExpr:
		object = s.info.Uses[function.Sel]
	}
	if called, ok := object.(*types.Func); ok && called.Pkg() != nil {
		return called.Origin()
	}
	return nil
}

// keyParameters finds the functions that look up a key that they are given, by themselves or through another one.
func (s *Source) keyParameters() map[types.Object]map[int]bool {
	found := map[types.Object]map[int]bool{}
	for more := true; more; {
		more = false
		for object, function := range s.bodies {
			for position, name := range parameters(function) {
				if !found[object][position] && s.isKeyIn(s.info.Defs[name], function, found) {
					if found[object] == nil {
						found[object] = map[int]bool{}
					}
					found[object][position], more = true, true
				}
			}
		}
	}
	return found
}

func parameters(function *ast.FuncDecl) (names []*ast.Ident) {
	for _, field := range function.Type.Params.List {
		names = append(names, field.Names...)
	}
	return names
}

func (s *Source) isKeyIn(parameter types.Object, function *ast.FuncDecl, found map[types.Object]map[int]bool) bool {
	is := func(expression ast.Expr) bool {
		identifier, ok := expression.(*ast.Ident)
		return ok && parameter != nil && s.info.Uses[identifier] == parameter
	}
	key := false
	ast.Inspect(function.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.IndexExpr:
			key = key || is(node.Index) && s.isParameterMap(node.X) &&
				(metadataMap.MatchString(s.nameOf(node.X)) || authenticationMap.MatchString(s.nameOf(node.X)))
		case *ast.CallExpr:
			if called := s.callee(node); called != nil {
				for position := range found[called] {
					key = key || position < len(node.Args) && is(node.Args[position])
				}
			}
		}
		return !key
	})
	return key
}

// targetFields finds what scalers hand to GetMetricTarget as the target of their metric (pkg/scalers/scaler.go).
func (s *Source) targetFields() map[types.Object]bool {
	found := map[types.Object]bool{}
	for _, function := range s.bodies {
		ast.Inspect(function.Body, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			if called := s.callee(call); called != nil && strings.HasPrefix(called.Name(), "GetMetricTarget") {
				for _, argument := range call.Args[1:] {
					if field := s.fieldOf(argument); field != nil {
						found[field] = true
					}
				}
			}
			return true
		})
	}
	return found
}

// fieldOf is the field that an expression names, also inside a conversion: `int64(s.metadata.Threshold)`.
func (s *Source) fieldOf(expression ast.Expr) types.Object {
	switch expression := expression.(type) {
	case *ast.CallExpr:
		if len(expression.Args) == 1 {
			return s.fieldOf(expression.Args[0])
		}
	case *ast.SelectorExpr:
		if chosen := s.info.Selections[expression]; chosen != nil {
			return chosen.Obj()
		}
	}
	return nil
}
