//! An adapter for the suite in one file, with nothing but the standard library.
//!
//! `cargo build --release` makes `target/release/rmsprop-adapter`; that is the command to give to the suite.
//!
//! Two parts: the optimizer, which you replace by yours, and the protocol (spec/PROTOCOL.md), which you keep.
//! The protocol introduces the optimizer in `HELLO` and calls it in `Run`.

use std::io::{self, BufRead, Write};

// ---------------------------------------------------------------------------------------------------------
// The optimizer: what torch.optim.RMSprop computes, with every operation rounded to f32.
// ---------------------------------------------------------------------------------------------------------

/// Scalars are f64 and are cast to f32 once, when a step uses them.
#[derive(Clone)]
struct Hyperparameters {
    lr: f64,
    alpha: f64,
    eps: f64,
    momentum: f64,
    weight_decay: f64,
    centered: bool,
    maximize: bool,
}

const DEFAULTS: Hyperparameters = Hyperparameters {
    lr: 0.01,
    alpha: 0.99,
    eps: 1e-8,
    momentum: 0.0,
    weight_decay: 0.0,
    centered: false,
    maximize: false,
};

/// What a parameter has from its first step on. A buffer is made by the first step that needs it.
#[derive(Clone)]
struct State {
    step: usize,
    square_avg: Vec<f32>,
    grad_avg: Option<Vec<f32>>,
    momentum_buffer: Option<Vec<f32>>,
}

struct Parameter {
    group: usize,
    values: Vec<f32>,
    state: Option<State>,
}

/// Parameters are numbered across the groups.
struct RmsProp {
    groups: Vec<Hyperparameters>,
    parameters: Vec<Parameter>,
}

impl RmsProp {
    /// Refuses hyperparameters with a message that says which and why.
    fn new(groups: Vec<Hyperparameters>, parameters: Vec<Parameter>) -> Result<RmsProp, String> {
        groups.iter().try_for_each(check)?;
        Ok(RmsProp { groups, parameters })
    }

    fn set(&mut self, group: usize, changed: Hyperparameters) -> Result<(), String> {
        check(&changed)?;
        self.groups[group] = changed;
        Ok(())
    }

    /// One gradient for each parameter. Without one, a parameter and its state stay as they are.
    fn step(&mut self, gradients: &[Option<Vec<f32>>]) {
        for (parameter, gradient) in self.parameters.iter_mut().zip(gradients) {
            let Some(gradient) = gradient else { continue };
            let state = parameter.state.get_or_insert_with(|| State {
                step: 0,
                square_avg: vec![0.0; gradient.len()],
                grad_avg: None,
                momentum_buffer: None,
            });
            step_parameter(&self.groups[parameter.group], &mut parameter.values, gradient, state);
        }
    }
}

fn check(h: &Hyperparameters) -> Result<(), String> {
    let scalars = [
        ("lr", h.lr),
        ("alpha", h.alpha),
        ("eps", h.eps),
        ("momentum", h.momentum),
        ("weight_decay", h.weight_decay),
    ];
    for (name, value) in scalars {
        // NaN is not below 0, so it has to be asked for.
        if value.is_nan() || value < 0.0 {
            return Err(format!("{name} must be 0 or more, but is {value}"));
        }
    }
    Ok(())
}

/// Rust never fuses a product with a sum: each operation here is rounded by itself, in the order in which it
/// is written.
fn step_parameter(h: &Hyperparameters, p: &mut [f32], gradient: &[f32], state: &mut State) {
    let (lr, alpha, eps) = (h.lr as f32, h.alpha as f32, h.eps as f32);
    let (mu, decay) = (h.momentum as f32, h.weight_decay as f32);
    let weight = (1.0 - h.alpha) as f32; // subtracted before the cast: afterwards, bits of alpha are lost
    let zeros = || vec![0.0; p.len()];
    let s = &mut state.square_avg;
    let mut mean = h.centered.then(|| state.grad_avg.get_or_insert_with(zeros));
    let mut buffer = (h.momentum > 0.0).then(|| state.momentum_buffer.get_or_insert_with(zeros));
    state.step += 1;
    for i in 0..p.len() {
        let mut g = if h.maximize { -gradient[i] } else { gradient[i] };
        if h.weight_decay != 0.0 {
            g += p[i] * decay;
        }
        s[i] = s[i] * alpha + weight * g * g;
        let mut variance = s[i];
        if let Some(mean) = &mut mean {
            // PyTorch's lerp starts from the nearer end.
            mean[i] = if weight.abs() < 0.5 {
                mean[i] + weight * (g - mean[i])
            } else {
                g - (g - mean[i]) * (1.0 - weight)
            };
            variance -= mean[i] * mean[i];
        }
        let denominator = variance.sqrt() + eps;
        if let Some(buffer) = &mut buffer {
            buffer[i] = buffer[i] * mu + g / denominator;
            p[i] -= buffer[i] * lr;
        } else {
            p[i] -= lr * g / denominator;
        }
    }
}

// ---------------------------------------------------------------------------------------------------------
// The protocol: one JSON object a line on standard input, one on standard output.
// ---------------------------------------------------------------------------------------------------------

/// The reply to `hello`, after its id. `unfused` names the order of operations above.
const HELLO: &str = r#""protocol": 1,
    "implementation": { "name": "Rust example", "version": "1.0.0", "language": "Rust" },
    "dialects": ["pytorch"],
    "capabilities": ["momentum", "centered", "weight-decay", "maximize", "groups", "set", "load",
        "checkpoint", "state", "missing-gradient", "deterministic"],
    "float32": { "reference": "unfused" }"#;

fn main() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let request = Json::parse(&String::from_utf8_lossy(&line));
        match request.and_then(|request| Ok((request.get("id")?.number()?, request))) {
            Ok((id, request)) => match answer(&request) {
                Ok(Some(fields)) => writeln!(output, "{{\"id\":{id},{fields}}}")?,
                Ok(None) => return Ok(()),
                Err(problem) => writeln!(output, "{{\"id\":{id},\"error\":{}}}", quoted(&problem.message))?,
            },
            Err(problem) => eprintln!("this line is not a request: {}", problem.message),
        }
        output.flush()?;
        line.clear();
    }
    Ok(())
}

/// The fields of the reply after its id; None to stop.
fn answer(request: &Json) -> Result<Option<String>, Failure> {
    match request.get("message")?.string()? {
        "hello" => Ok(Some(HELLO.replace('\n', ""))),
        "run" => {
            let cases = request.get("cases")?.array()?;
            let results = cases.iter().map(run_case).collect::<Result<Vec<_>, _>>()?;
            Ok(Some(format!("\"results\":[{}]", results.join(","))))
        }
        "stop" => Ok(None),
        other => bad(format!("there is no message {other}")),
    }
}

/// Why a program, or a request, was not carried out.
struct Failure {
    /// A class of the protocol, or `unsupported`: then the message is the capability.
    class: &'static str,
    message: String,
}

/// What the optimizer refuses.
impl From<String> for Failure {
    fn from(message: String) -> Self {
        Failure { class: "invalid-hyperparameter", message }
    }
}

/// What has not the form that the protocol gives it.
fn bad<T>(message: impl Into<String>) -> Result<T, Failure> {
    Err(Failure { class: "invalid-argument", message: message.into() })
}

fn run_case(case: &Json) -> Result<String, Failure> {
    let name = quoted(case.get("case")?.string()?);
    let mut phase = "init";
    let result = match run_program(case, &mut phase) {
        Ok(observations) => format!("\"ok\",\"observations\":[{}]", observations.join(",")),
        Err(Failure { class: "unsupported", message }) => {
            format!("\"unsupported\",\"capability\":{}", quoted(&message))
        }
        Err(Failure { class, message }) => {
            let message = quoted(&message);
            format!("\"error\",\"phase\":\"{phase}\",\"class\":\"{class}\",\"message\":{message}")
        }
    };
    Ok(format!("{{\"case\":{name},\"status\":{result}}}"))
}

/// The observations, as JSON. `phase` is left at the operation that failed.
fn run_program<'a>(case: &'a Json, phase: &mut &'a str) -> Result<Vec<String>, Failure> {
    let program = case.get("program")?;
    if program.get("dialect")?.string()? != "pytorch" {
        return Err(Failure { class: "unsupported", message: "dialect".to_string() });
    }
    let mut run: Option<Run> = None;
    for operation in program.get("operations")?.array()? {
        let name = operation.get("op")?.string()?;
        if !["init", "step", "observe", "set", "load", "checkpoint"].contains(&name) {
            return Err(Failure { class: "unsupported", message: name.to_string() });
        }
        *phase = name;
        match &mut run {
            None if name == "init" => run = Some(Run::start(operation)?),
            Some(run) if name != "init" => run.perform(name, operation)?,
            _ => return bad("init must be the first operation, and no other"),
        }
    }
    Ok(run.map_or_else(Vec::new, |run| run.observations))
}

/// One program on its way.
struct Run {
    optimizer: RmsProp,
    shapes: Vec<Vec<usize>>,
    /// What the last step was given.
    gradients: Vec<Option<Vec<f32>>>,
    observations: Vec<String>,
}

impl Run {
    fn start(operation: &Json) -> Result<Run, Failure> {
        let (mut groups, mut parameters, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
        for group in operation.get("groups")?.array()? {
            for parameter in group.get("parameters")?.array()? {
                let (shape, values) = read_tensor(parameter)?;
                parameters.push(Parameter { group: groups.len(), values, state: None });
                shapes.push(shape);
            }
            groups.push(changed(&DEFAULTS, group.get("hyperparameters")?)?);
        }
        let optimizer = RmsProp::new(groups, parameters)?;
        Ok(Run { optimizer, gradients: vec![None; shapes.len()], shapes, observations: Vec::new() })
    }

    fn perform(&mut self, name: &str, operation: &Json) -> Result<(), Failure> {
        let RmsProp { groups, parameters } = &mut self.optimizer;
        match name {
            "step" => {
                let gradients = operation.get("gradients")?.array()?;
                if gradients.len() != self.shapes.len() {
                    return bad("there must be one gradient for each parameter");
                }
                for (k, gradient) in gradients.iter().enumerate() {
                    self.gradients[k] = match gradient {
                        Json::Null => None,
                        tensor => Some(read_values(tensor, &self.shapes[k])?),
                    };
                }
                self.optimizer.step(&self.gradients);
            }
            "observe" => self.observe(operation.get("slots")?.array()?)?,
            "set" => {
                let group = operation.get("group")?.index(groups.len())?;
                let changed = changed(&groups[group], operation.get("hyperparameters")?)?;
                self.optimizer.set(group, changed)?;
            }
            "load" => {
                for entry in operation.get("state")?.array()? {
                    let k = entry.get("parameter")?.index(parameters.len())?;
                    let values = |tensor| read_values(tensor, &self.shapes[k]);
                    parameters[k].state = Some(State {
                        step: entry.get("step")?.count()?,
                        square_avg: values(entry.get("square_avg")?)?,
                        grad_avg: entry.find("grad_avg").map(values).transpose()?,
                        momentum_buffer: entry.find("momentum_buffer").map(values).transpose()?,
                    });
                }
            }
            _ => {
                // A checkpoint: save and load by the means that your optimizer has for it.
                let saved: Vec<_> = parameters.iter().map(|parameter| parameter.state.clone()).collect();
                let same =
                    parameters.iter().map(|p| Parameter { values: p.values.clone(), state: None, ..*p });
                let mut fresh = RmsProp::new(groups.clone(), same.collect())?;
                for (parameter, state) in fresh.parameters.iter_mut().zip(saved) {
                    parameter.state = state;
                }
                self.optimizer = fresh;
            }
        }
        Ok(())
    }

    fn observe(&mut self, slots: &[Json]) -> Result<(), Failure> {
        let mut observed = Vec::new();
        for (k, Parameter { values, state, .. }) in self.optimizer.parameters.iter().enumerate() {
            let state = state.as_ref();
            let mut fields: Vec<_> = state.iter().map(|state| format!("\"step\":{}", state.step)).collect();
            for slot in slots {
                let slot = slot.string()?;
                let tensor = match slot {
                    "parameter" => Some(values),
                    "square_avg" => state.map(|state| &state.square_avg),
                    "grad_avg" => state.and_then(|state| state.grad_avg.as_ref()),
                    "momentum_buffer" => state.and_then(|state| state.momentum_buffer.as_ref()),
                    "gradient" => self.gradients[k].as_ref(),
                    _ => None,
                };
                if let Some(values) = tensor {
                    fields.push(format!("\"{slot}\":{}", tensor_json(&self.shapes[k], values)));
                }
            }
            observed.push(format!("{{{}}}", fields.join(",")));
        }
        self.observations.push(format!("{{\"parameters\":[{}]}}", observed.join(",")));
        Ok(())
    }
}

/// `base` with the hyperparameters that are given. Those that the dialect does not have are ignored.
fn changed(base: &Hyperparameters, given: &Json) -> Result<Hyperparameters, Failure> {
    let scalar = |name, own| given.find(name).map_or(Ok(own), Json::scalar);
    let flag = |name, own| given.find(name).map_or(Ok(own), Json::boolean);
    Ok(Hyperparameters {
        lr: scalar("lr", base.lr)?,
        alpha: scalar("alpha", base.alpha)?,
        eps: scalar("eps", base.eps)?,
        momentum: scalar("momentum", base.momentum)?,
        weight_decay: scalar("weight_decay", base.weight_decay)?,
        centered: flag("centered", base.centered)?,
        maximize: flag("maximize", base.maximize)?,
    })
}

fn read_tensor(tensor: &Json) -> Result<(Vec<usize>, Vec<f32>), Failure> {
    let shape = tensor.get("shape")?.array()?.iter().map(Json::count).collect::<Result<Vec<_>, _>>()?;
    let bytes = from_base64(tensor.get("data")?.string()?)?;
    // The product in f64, where it cannot wrap around.
    if shape.iter().map(|&extent| extent as f64).product::<f64>() * 4.0 != bytes.len() as f64 {
        return bad(format!("shape {shape:?} does not go with {} bytes of data", bytes.len()));
    }
    let values = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    Ok((shape, values))
}

/// The values of a tensor that must have the shape of its parameter.
fn read_values(tensor: &Json, expected: &[usize]) -> Result<Vec<f32>, Failure> {
    let (shape, values) = read_tensor(tensor)?;
    if shape != expected {
        return bad(format!("shape {shape:?} is not the parameter's, {expected:?}"));
    }
    Ok(values)
}

fn tensor_json(shape: &[usize], values: &[f32]) -> String {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    format!("{{\"shape\":{shape:?},\"data\":\"{}\"}}", to_base64(&bytes))
}

fn to_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len() / 3 * 4 + 4);
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, i| bits << 8 | *chunk.get(i).unwrap_or(&0) as usize);
        for i in 0..4 {
            let digit = DIGITS[bits >> (18 - 6 * i) & 63];
            text.push(if i > chunk.len() { '=' } else { digit as char });
        }
    }
    text
}

fn from_base64(text: &str) -> Result<Vec<u8>, Failure> {
    let digits = text.trim_end_matches('=');
    if text.len() & 3 != 0 || text.len() > digits.len() + 2 {
        return bad("data is not base64: wrong length");
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return bad("data is not base64: another character"),
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Ok(bytes)
}

enum Json {
    Null,
    Boolean(bool),
    Number(f64),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    fn parse(text: &str) -> Result<Json, Failure> {
        let mut parser = Parser { text, at: 0 };
        let value = parser.value(0)?;
        match parser.peek() {
            None => Ok(value),
            Some(_) => parser.fail("the end"),
        }
    }

    /// The last field of this name.
    fn find(&self, name: &str) -> Option<&Json> {
        let Json::Object(fields) = self else { return None };
        Some(&fields.iter().rfind(|(key, _)| key == name)?.1)
    }

    fn get(&self, name: &str) -> Result<&Json, Failure> {
        self.find(name).map_or_else(|| bad(format!("there is no field {name}")), Ok)
    }

    fn boolean(&self) -> Result<bool, Failure> {
        let Json::Boolean(value) = self else { return bad("expected true or false") };
        Ok(*value)
    }

    fn number(&self) -> Result<f64, Failure> {
        let Json::Number(value) = self else { return bad("expected a number") };
        Ok(*value)
    }

    fn string(&self) -> Result<&str, Failure> {
        let Json::String(text) = self else { return bad("expected a string") };
        Ok(text)
    }

    fn array(&self) -> Result<&[Json], Failure> {
        let Json::Array(items) = self else { return bad("expected an array") };
        Ok(items)
    }

    /// A whole number.
    fn count(&self) -> Result<usize, Failure> {
        match self.number()? {
            x if (0.0..=9007199254740992.0).contains(&x) && x.fract() == 0.0 => Ok(x as usize),
            x => bad(format!("{x} counts nothing")),
        }
    }

    fn index(&self, end: usize) -> Result<usize, Failure> {
        match self.count()? {
            index if index < end => Ok(index),
            index => bad(format!("there is no number {index}, only {end} in all")),
        }
    }

    /// A binary64 in hex.
    fn scalar(&self) -> Result<f64, Failure> {
        let text = self.string()?;
        match u64::from_str_radix(text, 16) {
            Ok(bits) if text.len() == 16 && !text.starts_with('+') => Ok(f64::from_bits(bits)),
            _ => bad(format!("{text} is not 16 hex digits")),
        }
    }
}

/// A JSON string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\0'..='\x1f' => out.push_str(&format!("\\u{:04x}", c as u32)),
            _ => out.push(c),
        }
    }
    out + "\""
}

/// Deeper than any request, and far from the end of the stack.
const DEEPEST: usize = 64;

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn fail<T>(&self, expected: &str) -> Result<T, Failure> {
        bad(format!("not JSON: expected {expected} at byte {}", self.at))
    }

    fn rest(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// The next byte after white space.
    fn peek(&mut self) -> Option<u8> {
        self.at += self.rest().iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
        self.rest().first().copied()
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<Json, Failure> {
        if depth > DEEPEST {
            return bad(format!("nested more than {DEEPEST} levels deep"));
        }
        match self.peek() {
            Some(b'{') => {
                let mut fields = Vec::new();
                self.list(b'}', |parser| {
                    let name = parser.string()?;
                    if !parser.take(b':') {
                        return parser.fail("a colon");
                    }
                    fields.push((name, parser.value(depth + 1)?));
                    Ok(())
                })?;
                Ok(Json::Object(fields))
            }
            Some(b'[') => {
                let mut items = Vec::new();
                self.list(b']', |parser| {
                    items.push(parser.value(depth + 1)?);
                    Ok(())
                })?;
                Ok(Json::Array(items))
            }
            Some(b'"') => Ok(Json::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                let words =
                    [("null", Json::Null), ("true", Json::Boolean(true)), ("false", Json::Boolean(false))];
                for (word, value) in words {
                    if self.rest().starts_with(word.as_bytes()) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                self.fail("a value")
            }
        }
    }

    /// Items with commas between them, brackets included.
    fn list(
        &mut self,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.at += 1;
        if self.take(close) {
            return Ok(());
        }
        loop {
            item(self)?;
            if self.take(close) {
                return Ok(());
            }
            if !self.take(b',') {
                return self.fail("a comma or the closing bracket");
            }
        }
    }

    /// Every number of JSON, and a few that it has not, such as 01.
    fn number(&mut self) -> Result<Json, Failure> {
        let length = self.rest().iter().take_while(|byte| b"+-.0123456789Ee".contains(byte)).count();
        match self.text[self.at..self.at + length].parse() {
            Ok(value) if f64::is_finite(value) => {
                self.at += length;
                Ok(Json::Number(value))
            }
            _ => self.fail("a number"),
        }
    }

    fn string(&mut self) -> Result<String, Failure> {
        if !self.take(b'"') {
            return self.fail("a string");
        }
        let mut out = String::new();
        loop {
            let start = self.at;
            self.at +=
                self.rest().iter().take_while(|byte| **byte >= b' ' && !b"\"\\".contains(byte)).count();
            out.push_str(&self.text[start..self.at]);
            match *self.rest() {
                [b'"', ..] => {
                    self.at += 1;
                    return Ok(out);
                }
                [b'\\', b'u', ..] => out.push_str(&self.code_units()?),
                [b'\\', letter, ..] => {
                    let Some(k) = b"\"\\/bfnrt".iter().position(|known| *known == letter) else {
                        return self.fail("another escape");
                    };
                    out.push(b"\"\\/\x08\x0c\n\r\t"[k] as char);
                    self.at += 2;
                }
                _ => return self.fail("the end of the string"),
            }
        }
    }

    /// Escapes \uXXXX in a row: two of them may be one character.
    fn code_units(&mut self) -> Result<String, Failure> {
        let mut units = Vec::new();
        while self.rest().starts_with(b"\\u") {
            let digits = self.text.get(self.at + 2..self.at + 6).unwrap_or("+");
            match u16::from_str_radix(digits, 16) {
                Ok(unit) if !digits.starts_with('+') => units.push(unit),
                _ => return self.fail("four hex digits after \\u"),
            }
            self.at += 6;
        }
        Ok(String::from_utf16_lossy(&units))
    }
}
