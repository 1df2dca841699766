// An adapter for the suite in one file, with nothing but the standard library.
//
// `make` builds `rmsprop_adapter`; that is the command to give to the suite.
//
// Two parts: the optimizer, which you replace by yours, and the protocol (spec/PROTOCOL.md), which you keep.
// The protocol introduces the optimizer in `HELLO` and calls it in `Run`.

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// ---------------------------------------------------------------------------------------------------------
// The optimizer: what torch.optim.RMSprop computes, with every operation rounded to float.
// ---------------------------------------------------------------------------------------------------------

#if FLT_EVAL_METHOD != 0 || defined(__FAST_MATH__)
#error "float operations must be rounded to float, one by one: no -ffast-math; on 32-bit x86 -mfpmath=sse"
#endif

using Values = std::vector<float>;

// Scalars are doubles and are cast to float once, when a step uses them.
struct Hyperparameters {
  double lr = 0.01;
  double alpha = 0.99;
  double eps = 1e-8;
  double momentum = 0;
  double weight_decay = 0;
  bool centered = false;
  bool maximize = false;
};

// What a parameter has from its first step on. A buffer is made by the first step that needs it.
struct State {
  std::uint64_t step = 0;
  Values square_avg;
  std::optional<Values> grad_avg;
  std::optional<Values> momentum_buffer;
};

struct Parameter {
  std::size_t group;
  Values values;
  std::optional<State> state;
};

struct InvalidHyperparameter : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void check(const char* name, double value) {
  // Not `value < 0`, which is false for NaN.
  if (value >= 0) return;
  char message[80];
  std::snprintf(message, sizeof message, "%s must be 0 or more, but is %g", name, value);
  throw InvalidHyperparameter(message);
}

void check(const Hyperparameters& h) {
  check("lr", h.lr);
  check("alpha", h.alpha);
  check("eps", h.eps);
  check("momentum", h.momentum);
  check("weight_decay", h.weight_decay);
}

// Each operation is rounded by itself, in the order in which it is written. That needs -ffp-contract=off:
// otherwise a compiler may fuse a product with a sum.
void step_parameter(const Hyperparameters& h, Values& p, const Values& gradient, State& state) {
  const float lr = float(h.lr), alpha = float(h.alpha), eps = float(h.eps);
  const float mu = float(h.momentum), decay = float(h.weight_decay);
  const float weight = float(1 - h.alpha);  // subtracted before the cast: afterwards, bits of alpha are lost
  if (h.centered && !state.grad_avg) state.grad_avg = Values(p.size());
  if (h.momentum > 0 && !state.momentum_buffer) state.momentum_buffer = Values(p.size());
  state.step++;
  for (std::size_t i = 0; i < p.size(); i++) {
    float g = h.maximize ? -gradient[i] : gradient[i];
    if (h.weight_decay != 0) g = g + p[i] * decay;
    float& s = state.square_avg[i];
    s = s * alpha + weight * g * g;
    float variance = s;
    if (h.centered) {
      float& mean = (*state.grad_avg)[i];
      // PyTorch's lerp starts from the nearer end.
      mean = std::fabs(weight) < 0.5f ? mean + weight * (g - mean) : g - (g - mean) * (1 - weight);
      variance = variance - mean * mean;
    }
    const float denominator = std::sqrt(variance) + eps;
    if (h.momentum > 0) {
      float& buffer = (*state.momentum_buffer)[i];
      buffer = buffer * mu + g / denominator;
      p[i] = p[i] - buffer * lr;
    } else {
      p[i] = p[i] - lr * g / denominator;
    }
  }
}

// Parameters are numbered across the groups.
struct RMSprop {
  std::vector<Hyperparameters> groups;
  std::vector<Parameter> parameters;

  // Throws InvalidHyperparameter.
  RMSprop(std::vector<Hyperparameters> given, std::vector<Parameter> over)
      : groups(std::move(given)), parameters(std::move(over)) {
    for (const Hyperparameters& group : groups) check(group);
  }

  // Throws InvalidHyperparameter; then nothing was changed.
  void set(std::size_t group, const Hyperparameters& changed) {
    check(changed);
    groups[group] = changed;
  }

  // One gradient for each parameter. Without one, a parameter and its state stay as they are.
  void step(const std::vector<std::optional<Values>>& gradients) {
    for (std::size_t k = 0; k < parameters.size(); k++) {
      if (!gradients[k]) continue;
      Parameter& parameter = parameters[k];
      if (!parameter.state) parameter.state = State{0, Values(parameter.values.size()), {}, {}};
      step_parameter(groups[parameter.group], parameter.values, *gradients[k], *parameter.state);
    }
  }
};

// ---------------------------------------------------------------------------------------------------------
// The protocol: one JSON object a line on standard input, one on standard output.
// ---------------------------------------------------------------------------------------------------------

// The reply to `hello`, after its id. `unfused` names the order of operations above.
const char* const HELLO =
    R"("protocol": 1, )"
    R"("implementation": { "name": "C++ example", "version": "1.0.0", "language": "C++" }, )"
    R"("dialects": ["pytorch"], )"
    R"("capabilities": ["momentum", "centered", "weight-decay", "maximize", "groups", "set", "load", )"
    R"("checkpoint", "state", "missing-gradient", "deterministic"], )"
    R"("float32": { "reference": "unfused" })";

// What has not the form that the protocol gives it.
struct InvalidArgument : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What this adapter does not offer, by name.
struct Unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Json {
  enum Kind { Null, Boolean, Number, String, Array, Object };
  Kind kind = Null;
  bool truth = false;
  double value = 0;
  std::string text;
  std::vector<std::string> names;  // of the fields of an object
  std::vector<Json> items;         // of an array, or the values of the fields

  const Json& as(Kind wanted) const {
    static const char* const kinds[] = {"null",     "true or false", "a number",
                                        "a string", "an array",      "an object"};
    if (kind != wanted) throw InvalidArgument(std::string("expected ") + kinds[wanted]);
    return *this;
  }
  bool boolean() const { return as(Boolean).truth; }
  double number() const { return as(Number).value; }
  const std::string& string() const { return as(String).text; }
  const std::vector<Json>& array() const { return as(Array).items; }

  // The last field of this name, or nothing.
  const Json* find(const std::string& name) const {
    for (std::size_t i = names.size(); i-- > 0;) {
      if (names[i] == name) return &items[i];
    }
    return nullptr;
  }

  const Json& operator[](const std::string& name) const {
    if (const Json* field = find(name)) return *field;
    throw InvalidArgument("there is no field " + name);
  }

  // A whole number.
  std::uint64_t count() const {
    const bool whole = number() >= 0 && value <= 9007199254740992.0 && value == std::floor(value);
    if (whole) return std::uint64_t(value);
    throw InvalidArgument(std::to_string(value) + " counts nothing");
  }

  std::size_t index(std::size_t end) const {
    if (count() < end) return std::size_t(value);
    const std::string in_all = std::to_string(end) + " in all";
    throw InvalidArgument("there is no number " + std::to_string(count()) + ", only " + in_all);
  }

  // A binary64 in hex.
  double scalar() const {
    if (string().size() != 16 || text.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
      throw InvalidArgument(text + " is not 16 hex digits");
    const std::uint64_t bits = std::strtoull(text.c_str(), nullptr, 16);
    double scalar;
    std::memcpy(&scalar, &bits, sizeof scalar);
    return scalar;
  }
};

class Parser {
 public:
  // Throws InvalidArgument.
  static Json parse(const std::string& text) {
    Parser parser(text);
    Json json = parser.read(0);
    if (parser.peek() != END) parser.fail("the end");
    return json;
  }

 private:
  static constexpr int END = -1;
  // Deeper than any request, and far from the end of the stack.
  static constexpr int DEEPEST = 64;
  const std::string& text;
  std::size_t at = 0;

  explicit Parser(const std::string& given) : text(given) {}

  [[noreturn]] void fail(const std::string& expected) const {
    throw InvalidArgument("not JSON: expected " + expected + " at byte " + std::to_string(at));
  }

  int here() const { return at < text.size() ? static_cast<unsigned char>(text[at]) : END; }

  // The next byte after white space.
  int peek() {
    while (here() == ' ' || here() == '\t' || here() == '\r' || here() == '\n') at++;
    return here();
  }

  bool take(int wanted) {
    if (peek() != wanted) return false;
    at++;
    return true;
  }

  bool take_word(const std::string& word) {
    if (text.compare(at, word.size(), word) != 0) return false;
    at += word.size();
    return true;
  }

  Json read(int depth) {
    if (depth > DEEPEST)
      throw InvalidArgument("nested more than " + std::to_string(DEEPEST) + " levels deep");
    Json json;
    const int first = peek();
    if (first == '{' || first == '[') {
      json.kind = first == '{' ? Json::Object : Json::Array;
      read_items(json, first == '{' ? '}' : ']', depth);
    } else if (first == '"') {
      json.kind = Json::String;
      json.text = read_string();
    } else if (first == '-' || (first >= '0' && first <= '9')) {
      json.kind = Json::Number;
      json.value = read_number();
    } else if (take_word("true")) {
      json.kind = Json::Boolean;
      json.truth = true;
    } else if (take_word("false")) {
      json.kind = Json::Boolean;
    } else if (!take_word("null")) {
      fail("a value");
    }
    return json;
  }

  // Items with commas between them, brackets included.
  void read_items(Json& json, int close, int depth) {
    at++;
    if (take(close)) return;
    do {
      if (json.kind == Json::Object) {
        json.names.push_back(read_string());
        if (!take(':')) fail("a colon");
      }
      json.items.push_back(read(depth + 1));
    } while (take(','));
    if (!take(close)) fail("a comma or the closing bracket");
  }

  // Every number of JSON, and a few that it has not, such as 01.
  double read_number() {
    const std::string number = text.substr(at, text.find_first_not_of("+-.0123456789Ee", at) - at);
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    if (*end != '\0' || !std::isfinite(value)) fail("a number");
    at += number.size();
    return value;
  }

  std::string read_string() {
    if (!take('"')) fail("a string");
    std::string out;
    for (;;) {
      const std::size_t start = at;
      while (here() >= ' ' && here() != '"' && here() != '\\') at++;
      out.append(text, start, at - start);
      if (here() != '\\') break;
      out += read_escape();
    }
    if (here() != '"') fail("the end of the string");
    at++;
    return out;
  }

  std::string read_escape() {
    if (text.compare(at, 2, "\\u") == 0) return utf8(read_code_point());
    static const std::string letters = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
    const std::size_t k = at + 1 < text.size() ? letters.find(text[at + 1]) : std::string::npos;
    if (k == std::string::npos) fail("another escape");
    at += 2;
    return {meant[k]};
  }

  // Two escapes may be the halves of one character; a half by itself is none.
  std::uint32_t read_code_point() {
    const std::uint32_t first = read_code_unit();
    const bool high = first >= 0xd800 && first < 0xdc00;
    if (high && text.compare(at, 2, "\\u") == 0) {
      const std::size_t before = at;
      const std::uint32_t second = read_code_unit();
      if (second >= 0xdc00 && second < 0xe000) return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
      at = before;
    }
    return first >= 0xd800 && first < 0xe000 ? 0xfffd : first;
  }

  // \uXXXX
  std::uint32_t read_code_unit() {
    const std::string digits = text.substr(at + 2, 4);
    if (digits.size() != 4 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
      fail("four hex digits after \\u");
    at += 6;
    return std::uint32_t(std::stoul(digits, nullptr, 16));
  }

  static std::string utf8(std::uint32_t code) {
    const auto byte = [&](std::uint32_t mark, int shift) { return char(mark | (code >> shift & 0x3f)); };
    if (code < 0x80) return {char(code)};
    if (code < 0x800) return {char(0xc0 | code >> 6), byte(0x80, 0)};
    if (code < 0x10000) return {char(0xe0 | code >> 12), byte(0x80, 6), byte(0x80, 0)};
    return {char(0xf0 | code >> 18), byte(0x80, 12), byte(0x80, 6), byte(0x80, 0)};
  }
};

// A JSON string.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < ' ') {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", unsigned(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

const std::string BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::vector<std::uint8_t> from_base64(const std::string& text) {
  static const std::vector<int> values = [] {
    std::vector<int> of_digit(256, -1);
    for (int value = 0; value < 64; value++) of_digit[static_cast<unsigned char>(BASE64[value])] = value;
    return of_digit;
  }();
  const std::size_t digits = text.find_last_not_of('=') + 1;  // npos + 1 is 0
  if (text.size() % 4 != 0 || text.size() > digits + 2)
    throw InvalidArgument("data is not base64: wrong length");
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (std::size_t i = 0; i < digits; i++) {
    const int value = values[static_cast<unsigned char>(text[i])];
    if (value < 0) throw InvalidArgument("data is not base64: another character");
    bits = bits << 6 | std::uint32_t(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(std::uint8_t(bits >> held));
  }
  return bytes;
}

std::string to_base64(const std::vector<std::uint8_t>& bytes) {
  std::string text;
  text.reserve(bytes.size() / 3 * 4 + 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t present = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; k++) bits = bits << 8 | (k < present ? bytes[i + k] : 0);
    for (std::size_t k = 0; k < 4; k++) text += k > present ? '=' : BASE64[bits >> (18 - 6 * k) & 63];
  }
  return text;
}

using Shape = std::vector<std::uint64_t>;

struct Tensor {
  Shape shape;
  Values values;
};

Tensor read_tensor(const Json& json) {
  Tensor tensor;
  double elements = 1;  // a double does not wrap around
  for (const Json& extent : json["shape"].array()) {
    tensor.shape.push_back(extent.count());
    elements *= extent.number();
  }
  const std::vector<std::uint8_t> bytes = from_base64(json["data"].string());
  if (elements * 4 != double(bytes.size()))
    throw InvalidArgument("the shape does not go with " + std::to_string(bytes.size()) + " bytes of data");
  for (std::size_t i = 0; i < bytes.size(); i += 4) {
    std::uint32_t bits = 0;
    for (std::size_t k = 4; k-- > 0;) bits = bits << 8 | bytes[i + k];
    float value;
    std::memcpy(&value, &bits, sizeof value);
    tensor.values.push_back(value);
  }
  return tensor;
}

// The values of a tensor that must have the shape of its parameter.
Values read_values(const Json& json, const Shape& expected) {
  Tensor tensor = read_tensor(json);
  if (tensor.shape != expected) throw InvalidArgument("the shape is not the parameter's");
  return tensor.values;
}

std::string tensor_json(const Shape& shape, const Values& values) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(values.size() * 4);
  for (const float value : values) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    for (int k = 0; k < 4; k++) bytes.push_back(std::uint8_t(bits >> 8 * k));
  }
  std::string extents;
  for (const std::uint64_t extent : shape) extents += (extents.empty() ? "" : ",") + std::to_string(extent);
  return "{\"shape\":[" + extents + "],\"data\":\"" + to_base64(bytes) + "\"}";
}

// `base` with the hyperparameters that are given. Those that the dialect does not have are ignored.
Hyperparameters changed(Hyperparameters base, const Json& given) {
  if (const Json* lr = given.find("lr")) base.lr = lr->scalar();
  if (const Json* alpha = given.find("alpha")) base.alpha = alpha->scalar();
  if (const Json* eps = given.find("eps")) base.eps = eps->scalar();
  if (const Json* momentum = given.find("momentum")) base.momentum = momentum->scalar();
  if (const Json* weight_decay = given.find("weight_decay")) base.weight_decay = weight_decay->scalar();
  if (const Json* centered = given.find("centered")) base.centered = centered->boolean();
  if (const Json* maximize = given.find("maximize")) base.maximize = maximize->boolean();
  return base;
}

// One program on its way.
class Run {
 public:
  std::string phase = "init";  // left at the operation that failed
  std::string observations;    // as JSON, with commas

  void carry_out(const Json& program) {
    if (program["dialect"].string() != "pytorch") throw Unsupported("dialect");
    for (const Json& operation : program["operations"].array()) {
      const std::string& name = operation["op"].string();
      if (!contains({"init", "step", "observe", "set", "load", "checkpoint"}, name)) throw Unsupported(name);
      phase = name;
      if ((name == "init") == optimizer.has_value())
        throw InvalidArgument("init must be the first operation, and no other");
      if (name == "init") init(operation["groups"].array());
      if (name == "step") step(operation["gradients"].array());
      if (name == "observe") observe(operation["slots"].array());
      if (name == "load") load(operation["state"].array());
      if (name == "checkpoint") checkpoint();
      if (name == "set") {
        const std::size_t group = operation["group"].index(optimizer->groups.size());
        optimizer->set(group, changed(optimizer->groups[group], operation["hyperparameters"]));
      }
    }
  }

 private:
  std::optional<RMSprop> optimizer;
  std::vector<Shape> shapes;
  std::vector<std::optional<Values>> gradients;  // what the last step was given

  static bool contains(std::initializer_list<const char*> names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  void init(const std::vector<Json>& given) {
    std::vector<Hyperparameters> groups;
    std::vector<Parameter> parameters;
    for (const Json& group : given) {
      for (const Json& parameter : group["parameters"].array()) {
        Tensor tensor = read_tensor(parameter);
        parameters.push_back({groups.size(), std::move(tensor.values), {}});
        shapes.push_back(std::move(tensor.shape));
      }
      groups.push_back(changed(Hyperparameters(), group["hyperparameters"]));
    }
    gradients.resize(shapes.size());
    optimizer.emplace(std::move(groups), std::move(parameters));
  }

  void step(const std::vector<Json>& given) {
    if (given.size() != shapes.size()) throw InvalidArgument("there must be one gradient for each parameter");
    for (std::size_t k = 0; k < given.size(); k++) {
      gradients[k].reset();
      if (given[k].kind != Json::Null) gradients[k] = read_values(given[k], shapes[k]);
    }
    optimizer->step(gradients);
  }

  void load(const std::vector<Json>& entries) {
    for (const Json& entry : entries) {
      const std::size_t k = entry["parameter"].index(shapes.size());
      const Shape& shape = shapes[k];
      State state{entry["step"].count(), read_values(entry["square_avg"], shape), {}, {}};
      if (const Json* mean = entry.find("grad_avg")) state.grad_avg = read_values(*mean, shape);
      const Json* buffer = entry.find("momentum_buffer");
      if (buffer) state.momentum_buffer = read_values(*buffer, shape);
      optimizer->parameters[k].state = std::move(state);
    }
  }

  // Save and load by the means that your optimizer has for it.
  void checkpoint() {
    std::vector<std::optional<State>> saved;
    std::vector<Parameter> same;
    for (const Parameter& parameter : optimizer->parameters) {
      saved.push_back(parameter.state);
      same.push_back({parameter.group, parameter.values, {}});
    }
    optimizer = RMSprop(optimizer->groups, same);
    for (std::size_t k = 0; k < saved.size(); k++) optimizer->parameters[k].state = saved[k];
  }

  void observe(const std::vector<Json>& slots) {
    std::string observed;
    for (std::size_t k = 0; k < shapes.size(); k++) {
      const std::optional<State>& state = optimizer->parameters[k].state;
      std::string fields = state ? "\"step\":" + std::to_string(state->step) : "";
      for (const Json& slot : slots) {
        const Values* values = tensor(slot.string(), k);
        if (!values) continue;
        fields += (fields.empty() ? "" : ",") + quoted(slot.string()) + ":" + tensor_json(shapes[k], *values);
      }
      observed += (k == 0 ? "{" : ",{") + fields + "}";
    }
    observations += (observations.empty() ? "" : ",") + ("{\"parameters\":[" + observed + "]}");
  }

  // What is in a slot of a parameter, if there is anything.
  const Values* tensor(const std::string& slot, std::size_t k) const {
    const auto if_any = [](const std::optional<Values>& values) { return values ? &*values : nullptr; };
    const Parameter& parameter = optimizer->parameters[k];
    if (slot == "parameter") return &parameter.values;
    if (slot == "gradient") return if_any(gradients[k]);
    if (!parameter.state) return nullptr;
    if (slot == "square_avg") return &parameter.state->square_avg;
    if (slot == "grad_avg") return if_any(parameter.state->grad_avg);
    if (slot == "momentum_buffer") return if_any(parameter.state->momentum_buffer);
    return nullptr;
  }
};

std::string run_case(const Json& given) {
  const std::string start = "{\"case\":" + quoted(given["case"].string()) + ",\"status\":";
  Run run;
  const auto error = [&](const std::string& name, const std::exception& problem) {
    const std::string where = "\"error\",\"phase\":\"" + run.phase + "\",\"class\":\"" + name;
    return start + where + "\",\"message\":" + quoted(problem.what()) + "}";
  };
  try {
    run.carry_out(given["program"]);
    return start + "\"ok\",\"observations\":[" + run.observations + "]}";
  } catch (const Unsupported& what) {
    return start + "\"unsupported\",\"capability\":" + quoted(what.what()) + "}";
  } catch (const InvalidHyperparameter& problem) {
    return error("invalid-hyperparameter", problem);
  } catch (const InvalidArgument& problem) {
    return error("invalid-argument", problem);
  } catch (const std::exception& problem) {
    return error("internal", problem);
  }
}

// The fields of the reply after its id; nothing to stop.
std::optional<std::string> answer(const Json& request) {
  const std::string& message = request["message"].string();
  if (message == "hello") return HELLO;
  if (message == "stop") return std::nullopt;
  if (message != "run") throw InvalidArgument("there is no message " + message);
  std::string results;
  for (const Json& each : request["cases"].array()) results += (results.empty() ? "" : ",") + run_case(each);
  return "\"results\":[" + results + "]";
}

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    std::string id;
    try {
      const Json request = Parser::parse(line);
      char digits[32];
      std::snprintf(digits, sizeof digits, "%.17g", request["id"].number());
      id = digits;
      const std::optional<std::string> fields = answer(request);
      if (!fields) return 0;
      std::cout << "{\"id\":" << id << "," << *fields << "}\n" << std::flush;
    } catch (const InvalidArgument& problem) {
      if (id.empty()) std::cerr << "this line is not a request: " << problem.what() << "\n";
      else std::cout << "{\"id\":" << id << ",\"error\":" << quoted(problem.what()) << "}\n" << std::flush;
    }
  }
  return 0;
}
