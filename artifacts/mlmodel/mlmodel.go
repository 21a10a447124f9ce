// Package mlmodel reads the file MLmodel, by which MLflow knows a model. It loads
// no model and opens no other file.
package mlmodel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"benchside/artifacts/trees"
)

// Model is what MLmodel says (mlflow/models/model.py). Fields that are not there
// are zero.
type Model struct {
	ArtifactPath string
	ID           string // model_id; since MLflow 3
	UUID         string // model_uuid
	RunID        string
	Version      string // of the MLflow that wrote it
	Created      time.Time
	Bytes        int64
	Flavors      []Flavor
	Inputs       []Column
	Outputs      []Column
	Params       []Param
	Signed       bool // there is a signature
	TypeHint     bool // the signature was made of type hints
	Example      Example
	Environment  Environment
	// Rest are the fields that are not known, in the order of the file.
	Rest  []Field
	Notes []string // what could not be read
}

// Flavor is one way to load the model.
type Flavor struct {
	Name   string
	Fields []Field
}

// Field is a value that was not looked into: as YAML in one line, "" for null, and
// as JSON, which keeps its type.
type Field struct {
	Key, Value string
	JSON       json.RawMessage
}

// Column is an input or an output: a column, or a tensor if it has a shape.
type Column struct {
	Name     string
	Type     string // "double", or the dtype of a tensor
	Optional bool
	Shape    []int64 // of a tensor; -1 is any
}

// Param is a parameter of a prediction.
type Param struct {
	Name, Type, Default, Shape string
	JSON                       ParamJSON
}

// ParamJSON are the default and the shape with the types that the file gives
// them; nil for what is not there.
type ParamJSON struct{ Default, Shape json.RawMessage }

// Example is the input that was logged with the model.
type Example struct{ Path, Serving, Kind, Orient string }

// Environment are the files that say what the model needs.
type Environment struct{ Conda, Virtualenv, Python string }

// ErrSyntax: the text is not what MLflow writes.
var ErrSyntax = errors.New("not an MLmodel")

// mostBytes is far more than any signature needs.
const mostBytes = 1 << 20

// Parse reads an MLmodel.
func Parse(ctx context.Context, data []byte) (Model, error) {
	if len(data) > mostBytes {
		return Model{}, fmt.Errorf("read MLmodel: %d bytes: %w", len(data), ErrSyntax)
	}
	tree, err := trees.Parse(ctx, trees.YAML, data)
	switch {
	case ctx.Err() != nil:
		return Model{}, fmt.Errorf("read MLmodel: %w", ctx.Err())
	case err != nil:
		return Model{}, fmt.Errorf("read MLmodel: %w: %w", ErrSyntax, err)
	}
	var m Model
	for _, f := range (value{tree, 0}).kids() {
		m.take(f.key(), f)
	}
	if len(m.Flavors) == 0 {
		return Model{}, fmt.Errorf("read MLmodel: no flavors: %w", ErrSyntax)
	}
	return m, nil
}

// value is a node of the document.
type value struct {
	tree *trees.Tree
	at   int
}

func (v value) node() trees.Node { return v.tree.Nodes[v.at] }
func (v value) key() string      { return v.node().Key }

func (v value) kids() []value {
	var out []value
	v.tree.Kids(v.at, func(i int) { out = append(out, value{v.tree, i}) })
	return out
}

// fields are the parts of an object.
func (v value) fields() []Field {
	var out []Field
	for _, k := range v.kids() {
		out = append(out, k.field(k.key()))
	}
	return out
}

func (v value) field(key string) Field { return Field{key, v.text(), v.tree.JSON(v.at)} }

// text is a scalar as it is, anything else as YAML in one line.
func (v value) text() string {
	n := v.node()
	if n.Type == trees.Null {
		return ""
	}
	if n.Type != trees.Object && n.Type != trees.Array {
		return n.Text
	}
	var parts []string
	for _, k := range v.kids() {
		if n.Type == trees.Object {
			parts = append(parts, k.key()+": "+k.text())
		} else {
			parts = append(parts, k.text())
		}
	}
	if n.Type == trees.Object {
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (m *Model) take(key string, v value) {
	switch key {
	case "artifact_path":
		m.ArtifactPath = v.text()
	case "model_id":
		m.ID = v.text()
	case "model_uuid":
		m.UUID = v.text()
	case "run_id":
		m.RunID = v.text()
	case "mlflow_version":
		m.Version = v.text()
	case "model_size_bytes":
		n, err := strconv.ParseInt(v.text(), 10, 64)
		m.Bytes = n
		m.unless(err == nil, v.field(key))
	case "utc_time_created":
		at, err := time.Parse("2006-01-02 15:04:05", v.text())
		m.Created = at
		m.unless(err == nil, v.field(key))
	case "is_signature_from_type_hint":
		m.TypeHint = v.text() == "true"
	case "flavors":
		m.flavors(v)
	case "signature":
		m.signature(v)
	case "saved_input_example_info":
		for _, f := range v.fields() {
			switch f.Key {
			case "artifact_path":
				m.Example.Path = f.Value
			case "serving_input_path":
				m.Example.Serving = f.Value
			case "type":
				m.Example.Kind = f.Value
			case "pandas_orient":
				m.Example.Orient = f.Value
			}
		}
	default:
		m.Rest = append(m.Rest, v.field(key))
	}
}

// unless notes a field that could not be read, and keeps it.
func (m *Model) unless(fine bool, f Field) {
	if !fine {
		m.Notes = append(m.Notes, f.Key+" is not what MLflow writes")
		m.Rest = append(m.Rest, f)
	}
}

func (m *Model) flavors(v value) {
	for _, f := range v.kids() {
		flavor := Flavor{Name: f.key(), Fields: f.fields()}
		m.Flavors = append(m.Flavors, flavor)
		if flavor.Name != "python_function" {
			continue
		}
		for _, e := range f.kids() {
			switch e.key() {
			case "python_version":
				m.Environment.Python = e.text()
			case "env":
				m.environment(e)
			}
		}
	}
}

// environment is a map since MLflow 2; before, the name of conda's file.
func (m *Model) environment(v value) {
	if v.node().Type == trees.String {
		m.Environment.Conda = v.text()
	}
	for _, f := range v.fields() {
		switch f.Key {
		case "conda":
			m.Environment.Conda = f.Value
		case "virtualenv":
			m.Environment.Virtualenv = f.Value
		}
	}
}

// signature reads three strings of JSON, each a list.
func (m *Model) signature(v value) {
	m.Signed = v.node().Type == trees.Object
	for _, f := range v.fields() {
		if f.Value == "" {
			continue
		}
		var err error
		switch f.Key {
		case "inputs":
			m.Inputs, err = columns(f.Value)
		case "outputs":
			m.Outputs, err = columns(f.Value)
		case "params":
			m.Params, err = params(f.Value)
		default:
			m.Rest = append(m.Rest, Field{"signature." + f.Key, f.Value, f.JSON})
		}
		m.unless(err == nil, Field{"signature." + f.Key, f.Value, f.JSON})
	}
}

// spec is a column, a tensor or a param as JSON.
type spec struct {
	Name     string          `json:"name"`
	Type     json.RawMessage `json:"type"`
	Required *bool           `json:"required"`
	Optional bool            `json:"optional"` // before MLflow 2.6
	Tensor   struct {
		DType string  `json:"dtype"`
		Shape []int64 `json:"shape"`
	} `json:"tensor-spec"`
	Default json.RawMessage `json:"default"`
	Shape   json.RawMessage `json:"shape"`
	Items   json.RawMessage `json:"items"`      // of an array
	Fields  json.RawMessage `json:"properties"` // of an object
}

func columns(list string) ([]Column, error) {
	var specs []spec
	if err := json.Unmarshal([]byte(list), &specs); err != nil {
		return nil, err
	}
	out := make([]Column, len(specs))
	for i, s := range specs {
		c := Column{Name: s.Name, Type: s.kind(), Optional: s.Optional || s.Required != nil && !*s.Required}
		if c.Type == "tensor" {
			c.Type, c.Shape = s.Tensor.DType, s.Tensor.Shape
		}
		out[i] = c
	}
	return out, nil
}

// kind is a type in words; what an array or an object is made of is kept as JSON.
func (s spec) kind() string {
	name := word(s.Type)
	switch {
	case len(s.Items) > 0:
		return name + " of " + word(s.Items)
	case len(s.Fields) > 0:
		return name + " of " + word(s.Fields)
	}
	return name
}

func params(list string) ([]Param, error) {
	var specs []spec
	if err := json.Unmarshal([]byte(list), &specs); err != nil {
		return nil, err
	}
	out := make([]Param, len(specs))
	for i, s := range specs {
		out[i] = Param{Name: s.Name, Type: s.kind(), Default: word(s.Default), Shape: word(s.Shape), JSON: ParamJSON{s.Default, s.Shape}}
	}
	return out, nil
}

// word is a JSON value without the quotes of a string; "" for null.
func word(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}
