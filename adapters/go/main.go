// An adapter for the suite in one file, with nothing but the standard library.
//
// `go build` makes `rmsprop-adapter`; that is the command to give to the suite.
//
// Two parts: the optimizer, which you replace by yours, and the protocol (spec/PROTOCOL.md), which you keep.
// The protocol introduces the optimizer in `hello` and calls it in `run`.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
)

// ---------------------------------------------------------------------------------------------------------
// The optimizer: what torch.optim.RMSprop computes, with every operation rounded to float32.
// ---------------------------------------------------------------------------------------------------------

// Scalars are float64 and are cast to float32 once, when a step uses them.
type hyperparameters struct {
	lr, alpha, eps, momentum, weightDecay float64
	centered, maximize                    bool
}

var defaults = hyperparameters{lr: 0.01, alpha: 0.99, eps: 1e-8}

// What a parameter has from its first step on. A buffer is nil until the first step that needs it.
type state struct {
	step                               int
	squareAvg, gradAvg, momentumBuffer []float32
}

type parameter struct {
	group  int
	values []float32
	state  *state
}

// Parameters are numbered across the groups.
type rmsprop struct {
	groups     []hyperparameters
	parameters []parameter
}

func newRMSprop(groups []hyperparameters, parameters []parameter) (*rmsprop, error) {
	for _, group := range groups {
		if err := group.check(); err != nil {
			return nil, err
		}
	}
	return &rmsprop{groups, parameters}, nil
}

// After an error nothing was changed.
func (o *rmsprop) set(group int, changed hyperparameters) error {
	if err := changed.check(); err != nil {
		return err
	}
	o.groups[group] = changed
	return nil
}

// One gradient for each parameter. Without one, which is nil, a parameter and its state stay as they are.
func (o *rmsprop) step(gradients [][]float32) {
	for k, gradient := range gradients {
		if gradient == nil {
			continue
		}
		p := &o.parameters[k]
		if p.state == nil {
			p.state = &state{squareAvg: make([]float32, len(p.values))}
		}
		p.state.advance(o.groups[p.group], p.values, gradient)
	}
}

func (h hyperparameters) check() error {
	names := []string{"lr", "alpha", "eps", "momentum", "weight_decay"}
	for k, value := range []float64{h.lr, h.alpha, h.eps, h.momentum, h.weightDecay} {
		// Not `value < 0`, which is false for NaN.
		if !(value >= 0) {
			return fmt.Errorf("%s must be 0 or more, but is %g", names[k], value)
		}
	}
	return nil
}

// Each operation is rounded by itself, in the order in which it is written. Go may fuse a product with a sum,
// and does on arm64; the conversion of a product to float32 forbids it.
func (s *state) advance(h hyperparameters, p, gradient []float32) {
	lr, alpha, eps := float32(h.lr), float32(h.alpha), float32(h.eps)
	mu, decay := float32(h.momentum), float32(h.weightDecay)
	weight := float32(1 - h.alpha) // subtracted before the cast: afterwards, bits of alpha are lost
	if h.centered && s.gradAvg == nil {
		s.gradAvg = make([]float32, len(p))
	}
	if h.momentum > 0 && s.momentumBuffer == nil {
		s.momentumBuffer = make([]float32, len(p))
	}
	s.step++
	for i, g := range gradient {
		if h.maximize {
			g = -g
		}
		if h.weightDecay != 0 {
			g += float32(p[i] * decay)
		}
		s.squareAvg[i] = float32(s.squareAvg[i]*alpha) + float32(float32(weight*g)*g)
		variance := s.squareAvg[i]
		if h.centered {
			mean := s.gradAvg[i]
			// PyTorch's lerp starts from the nearer end.
			if math.Abs(float64(weight)) < 0.5 {
				mean += float32(weight * (g - mean))
			} else {
				mean = g - float32((g-mean)*(1-weight))
			}
			s.gradAvg[i] = mean
			variance -= float32(mean * mean)
		}
		denominator := float32(math.Sqrt(float64(variance))) + eps
		if h.momentum > 0 {
			buffer := float32(s.momentumBuffer[i]*mu) + g/denominator
			s.momentumBuffer[i] = buffer
			p[i] -= float32(buffer * lr)
		} else {
			p[i] -= float32(lr*g) / denominator
		}
	}
}

// ---------------------------------------------------------------------------------------------------------
// The protocol: one JSON object a line on standard input, one on standard output.
// ---------------------------------------------------------------------------------------------------------

// Fields are read one by one: unknown ones do not matter, and names are told apart by case.
type object = map[string]any

// The reply to `hello`. "unfused" names the order of operations above.
var hello = object{
	"protocol":       1,
	"implementation": object{"name": "Go example", "version": "1.0.0", "language": "Go"},
	"dialects":       []string{"pytorch"},
	"capabilities": []string{"momentum", "centered", "weight-decay", "maximize", "groups", "set", "load",
		"checkpoint", "state", "missing-gradient", "deterministic"},
	"float32": object{"reference": "unfused"},
}

func main() {
	input := bufio.NewReader(os.Stdin)
	output := json.NewEncoder(os.Stdout) // writes a line at once
	for {
		line, end := input.ReadBytes('\n')
		if len(line) > 0 {
			reply, stop := answer(line)
			if stop || reply != nil && output.Encode(reply) != nil {
				return
			}
		}
		if end != nil {
			return
		}
	}
}

// Why a program, or a request, was not carried out. Reading panics with it; answer and runCase recover.
type failure struct {
	class   string // a class of the protocol, or "unsupported": then the message is the capability
	message string
}

func (f failure) Error() string { return f.message }

// What has not the form that the protocol gives it.
func invalid(format string, values ...any) failure {
	return failure{"invalid-argument", fmt.Sprintf(format, values...)}
}

func answer(line []byte) (reply object, stop bool) {
	var request object
	err := json.Unmarshal(line, &request)
	id, ok := request["id"].(float64)
	if err == nil && !ok {
		err = invalid("there is no id")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "this line is not a request:", err)
		return nil, false
	}
	defer func() {
		if problem := recover(); problem != nil {
			reply = object{"id": id, "error": fmt.Sprint(problem)}
		}
	}()
	reply = object{"id": id}
	switch message := field[string](request, "message"); message {
	case "hello":
		for name, value := range hello {
			reply[name] = value
		}
	case "run":
		results := []object{}
		for _, each := range field[[]any](request, "cases") {
			results = append(results, runCase(as[object](each, "a case")))
		}
		reply["results"] = results
	case "stop":
		return nil, true
	default:
		panic(invalid("there is no message %s", message))
	}
	return reply, false
}

func runCase(given object) (result object) {
	name := field[string](given, "case")
	r := run{phase: "init", observations: []object{}}
	defer func() {
		switch problem := recover().(type) {
		case nil:
			result = object{"status": "ok", "observations": r.observations}
		case failure:
			if problem.class == "unsupported" {
				result = object{"status": "unsupported", "capability": problem.message}
			} else {
				result = object{"status": "error", "class": problem.class, "message": problem.message}
			}
		default:
			result = object{"status": "error", "class": "internal", "message": fmt.Sprint(problem)}
		}
		result["case"] = name
		if result["status"] == "error" {
			result["phase"] = r.phase
		}
	}()
	r.carryOut(field[object](given, "program"))
	return nil
}

// One program on its way.
type run struct {
	optimizer    *rmsprop
	shapes       [][]int
	gradients    [][]float32 // what the last step was given
	observations []object
	phase        string // left at the operation that failed
}

func (r *run) carryOut(program object) {
	if field[string](program, "dialect") != "pytorch" {
		panic(failure{"unsupported", "dialect"})
	}
	for _, each := range field[[]any](program, "operations") {
		operation := as[object](each, "an operation")
		name := field[string](operation, "op")
		perform := map[string]func(object){"init": r.start, "step": r.step, "observe": r.observe, "set": r.set,
			"load": r.load, "checkpoint": r.checkpoint}[name]
		if perform == nil {
			panic(failure{"unsupported", name})
		}
		r.phase = name
		if (name == "init") != (r.optimizer == nil) {
			panic(invalid("init must be the first operation, and no other"))
		}
		perform(operation)
	}
}

func (r *run) start(operation object) {
	var groups []hyperparameters
	var parameters []parameter
	for g, each := range field[[]any](operation, "groups") {
		group := as[object](each, "a group")
		groups = append(groups, changed(defaults, field[object](group, "hyperparameters")))
		for _, tensor := range field[[]any](group, "parameters") {
			shape, values := readTensor(tensor)
			r.shapes = append(r.shapes, shape)
			parameters = append(parameters, parameter{group: g, values: values})
		}
	}
	r.gradients = make([][]float32, len(parameters))
	r.optimizer = accepted(newRMSprop(groups, parameters))
}

func (r *run) step(operation object) {
	gradients := field[[]any](operation, "gradients")
	if len(gradients) != len(r.shapes) {
		panic(invalid("there must be one gradient for each parameter"))
	}
	for k, gradient := range gradients {
		r.gradients[k] = r.readValues(gradient, k)
	}
	r.optimizer.step(r.gradients)
}

func (r *run) set(operation object) {
	group := index(operation, "group", len(r.optimizer.groups))
	h := changed(r.optimizer.groups[group], field[object](operation, "hyperparameters"))
	accepted(r.optimizer, r.optimizer.set(group, h))
}

func (r *run) load(operation object) {
	for _, each := range field[[]any](operation, "state") {
		entry := as[object](each, "an entry of state")
		k := index(entry, "parameter", len(r.shapes))
		squareAvg := as[object](entry["square_avg"], "square_avg")
		r.optimizer.parameters[k].state = &state{
			step:           count(entry["step"], "step"),
			squareAvg:      r.readValues(squareAvg, k),
			gradAvg:        r.readValues(entry["grad_avg"], k),
			momentumBuffer: r.readValues(entry["momentum_buffer"], k),
		}
	}
}

// Save and load by the means that your optimizer has for it.
func (r *run) checkpoint(object) {
	var saved []*state
	var same []parameter
	for _, p := range r.optimizer.parameters {
		same = append(same, parameter{group: p.group, values: clone(p.values)})
		var copied *state
		if s := p.state; s != nil {
			copied = &state{s.step, clone(s.squareAvg), clone(s.gradAvg), clone(s.momentumBuffer)}
		}
		saved = append(saved, copied)
	}
	r.optimizer = accepted(newRMSprop(append([]hyperparameters{}, r.optimizer.groups...), same))
	for k, state := range saved {
		r.optimizer.parameters[k].state = state
	}
}

func (r *run) observe(operation object) {
	observed := []object{}
	for k, p := range r.optimizer.parameters {
		tensors := map[string][]float32{"parameter": p.values, "gradient": r.gradients[k]}
		entry := object{}
		if p.state != nil {
			tensors["square_avg"] = p.state.squareAvg
			tensors["grad_avg"] = p.state.gradAvg
			tensors["momentum_buffer"] = p.state.momentumBuffer
			entry["step"] = p.state.step
		}
		for _, slot := range field[[]any](operation, "slots") {
			name := as[string](slot, "a slot")
			if values := tensors[name]; values != nil {
				entry[name] = tensorJSON(r.shapes[k], values)
			}
		}
		observed = append(observed, entry)
	}
	r.observations = append(r.observations, object{"parameters": observed})
}

// A value of JSON as the type that it must have: object, []any, string, float64 or bool.
func as[T any](value any, name string) T {
	typed, ok := value.(T)
	if !ok {
		panic(invalid("%s is missing or has the wrong type", name))
	}
	return typed
}

func field[T any](from object, name string) T {
	return as[T](from[name], name)
}

// A whole number.
func count(value any, name string) int {
	x := as[float64](value, name)
	if !(x >= 0 && x <= 1<<53 && x == math.Trunc(x)) {
		panic(invalid("%s counts nothing: %g", name, x))
	}
	return int(x)
}

func index(from object, name string, end int) int {
	k := count(from[name], name)
	if k >= end {
		panic(invalid("there is no %s %d, only %d in all", name, k, end))
	}
	return k
}

// What the optimizer returned, unless it refused.
func accepted(optimizer *rmsprop, err error) *rmsprop {
	if err != nil {
		panic(failure{"invalid-hyperparameter", err.Error()})
	}
	return optimizer
}

// h with the hyperparameters that are given. Those that the dialect does not have are ignored.
func changed(h hyperparameters, given object) hyperparameters {
	scalars := map[string]*float64{"lr": &h.lr, "alpha": &h.alpha, "eps": &h.eps, "momentum": &h.momentum,
		"weight_decay": &h.weightDecay}
	flags := map[string]*bool{"centered": &h.centered, "maximize": &h.maximize}
	for name, value := range given {
		if scalar := scalars[name]; scalar != nil {
			text := as[string](value, name)
			bits, err := strconv.ParseUint(text, 16, 64) // a binary64 in hex
			if err != nil || len(text) != 16 {
				panic(invalid("%s is not 16 hex digits: %s", name, text))
			}
			*scalar = math.Float64frombits(bits)
		}
		if flag := flags[name]; flag != nil {
			*flag = as[bool](value, name)
		}
	}
	return h
}

func readTensor(value any) ([]int, []float32) {
	tensor := as[object](value, "a tensor")
	bytes, err := base64.StdEncoding.DecodeString(field[string](tensor, "data"))
	if err != nil {
		panic(invalid("data is not base64: %s", err))
	}
	shape := []int{}
	elements := 1.0 // a float64 does not wrap around
	for _, each := range field[[]any](tensor, "shape") {
		extent := count(each, "an extent")
		shape = append(shape, extent)
		elements *= float64(extent)
	}
	if elements*4 != float64(len(bytes)) {
		panic(invalid("shape %v does not go with %d bytes of data", shape, len(bytes)))
	}
	values := make([]float32, len(bytes)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(bytes[4*i:]))
	}
	return shape, values
}

// The values of a tensor that must have the shape of parameter k; nil for null and for what is left out.
func (r *run) readValues(value any, k int) []float32 {
	if value == nil {
		return nil
	}
	shape, values := readTensor(value)
	if fmt.Sprint(shape) != fmt.Sprint(r.shapes[k]) {
		panic(invalid("shape %v is not the parameter's, %v", shape, r.shapes[k]))
	}
	return values
}

func tensorJSON(shape []int, values []float32) object {
	bytes := make([]byte, 4*len(values))
	for i, value := range values {
		binary.LittleEndian.PutUint32(bytes[4*i:], math.Float32bits(value))
	}
	return object{"shape": shape, "data": bytes} // encoding/json writes bytes as base64
}

func clone(values []float32) []float32 {
	if values == nil {
		return nil
	}
	return append([]float32{}, values...)
}
