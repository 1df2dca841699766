/** In which arithmetic a clause holds. */
export type ClauseArithmetic =
  /** Over the reals; nothing is said of float32. */
  | "reals"
  /** In float32 exactly: equal bits, NaN as a class. */
  | "float32"
  /** In float32 up to the acceptance set of the declared evaluation. */
  | "acceptance set"
  /** No arithmetic: what an implementation must accept, refuse or leave alone. */
  | "contract";

/** One requirement of the specification. */
export interface Clause {
  /** Stable id: RMS-<family>.<number>. Never given to another clause. */
  readonly id: string;
  /** One sentence that must hold. */
  readonly statement: string;
  readonly formula?: string;
  readonly arithmetic: ClauseArithmetic;
  readonly why: string;
}

/** Clauses about one subject, under the number that their ids begin with. */
export interface ClauseFamily {
  readonly number: number;
  readonly title: string;
  readonly clauses: readonly Clause[];
}

/**
 * The specification as data. SPEC.md is printed from it; a test proves that every clause is tested and that
 * every test names a clause.
 *
 * Symbols: θ parameter, g gradient, s mean square, a mean gradient, b momentum buffer, d denominator, η
 * learning rate, β decay, t = 1 − β, ε epsilon, μ momentum, λ weight decay; fl is rounding to float32.
 */
export const CLAUSE_FAMILIES: readonly ClauseFamily[] = [
  {
    number: 1,
    title: "Recurrence",
    clauses: [
      {
        id: "RMS-1.1",
        statement:
          "Each step replaces the mean square by the weighted mean of itself and the squared gradient.",
        formula: "s_t = β·s_{t−1} + (1−β)·g_t²",
        arithmetic: "acceptance set",
        why: "This is the recurrence that gives the method its name.",
      },
      {
        id: "RMS-1.2",
        statement:
          "Each step moves the parameter against the gradient, divided by the root of the mean square, with ε where the dialect puts it.",
        formula: "θ_t = θ_{t−1} − η·g_t/d_t, d_t = √s_t + ε or √(s_t + ε) …",
        arithmetic: "acceptance set",
        why: "Where ε stands is the most frequent difference between published implementations, and most of their tests do not see it.",
      },
      {
        id: "RMS-1.3",
        statement:
          "Before its first step, the state of a parameter is the dialect's initial accumulator, and zero in every other slot.",
        formula: "s_0 ∈ {0, 1, ε, g_1², given}, a_0 = b_0 = 0",
        arithmetic: "acceptance set",
        why: "A mean square that starts at 1 makes the first steps up to 1/√(1−β) times smaller.",
      },
      {
        id: "RMS-1.4",
        statement:
          "Judged only by its parameters, with the state never shown, a trace stays in the sets that are carried from step to step.",
        arithmetic: "acceptance set",
        why: "An implementation may hide its state; what it returns must still follow from what it was given.",
      },
    ],
  },
  {
    number: 2,
    title: "Bounds",
    clauses: [
      {
        id: "RMS-2.1",
        statement:
          "The mean square is never negative and never above the largest of its initial value and the squared gradients so far.",
        formula: "0 ≤ s_t ≤ max(s_0, max_{i≤t} g_i²)",
        arithmetic: "reals",
        why: "A weighted mean lies between what it is a mean of.",
      },
      {
        id: "RMS-2.2",
        statement:
          "In float32, the mean square is never negative and never above what the declared evaluations give at the bound over the reals.",
        formula:
          "s_t ≤ R(m) with m = max(s_{t−1}, g_t²): the largest result of the declared evaluations at s = m, |g| = √m",
        arithmetic: "float32",
        why: "β̂ + t̂ is not 1 after the cast, so the bound over the reals is exceeded by a few ulps; how many is derived, not padded.",
      },
      {
        id: "RMS-2.3",
        statement:
          "Without momentum and decoupled weight decay, and uncentered, a step is at most the learning rate times the gradient over the root of its own share of the mean square.",
        formula: "|Δθ_t| ≤ η·|g_t|/√((1−β)·g_t²) ≤ η/√(1−β)",
        arithmetic: "reals",
        why: "The step size is bounded whatever the gradients are; this is what makes RMSprop robust.",
      },
      {
        id: "RMS-2.4",
        statement:
          "In float32, without momentum and weight decay, and uncentered, the first step from a parameter at zero stays below the bound with each operation rounded as the declared evaluations round it.",
        formula: "|θ_1| ≤ fl↑(η̂·|g|)/fl↓(√(fl↓(t̂·g²)))",
        arithmetic: "float32",
        why: "The bound must survive rounding: the excess is what the roundings of one step allow, no more.",
      },
    ],
  },
  {
    number: 3,
    title: "Zero gradient and sign",
    clauses: [
      {
        id: "RMS-3.1",
        statement:
          "A zero gradient without momentum and weight decay leaves the parameter as it is, to the bit, if the denominator is not zero; only −0 may become +0.",
        formula: "g_t = 0 ⇒ θ_t = θ_{t−1}",
        arithmetic: "float32",
        why: "0/d is 0 for every d > 0, in every order and evaluation.",
      },
      {
        id: "RMS-3.2",
        statement: "Without weight decay, a zero gradient multiplies the mean square by β.",
        formula: "g_t = 0 ⇒ s_t = fl(β̂·s_{t−1})",
        arithmetic: "acceptance set",
        why: "Forgetting is what separates RMSprop from AdaGrad.",
      },
      {
        id: "RMS-3.3",
        statement:
          "Without momentum and weight decay, and unless it maximizes, the parameter never moves in the direction of the gradient.",
        formula: "sign(θ_t − θ_{t−1}) ∈ {0, −sign(g_t)}",
        arithmetic: "float32",
        why: "Rounding is monotone: an update of the right sign cannot be rounded to the wrong side.",
      },
    ],
  },
  {
    number: 4,
    title: "Closed forms and forgetting",
    clauses: [
      {
        id: "RMS-4.1",
        statement: "Under a constant gradient the mean square approaches its square geometrically.",
        formula: "s_t = g²·(1 − β^t) + β^t·s_0",
        arithmetic: "acceptance set",
        why: "A closed form judges many steps at once and does not share the recurrence's code.",
      },
      {
        id: "RMS-4.2",
        statement: "The mean square is the weighted sum of all squared gradients.",
        formula: "s_t = β^t·s_0 + (1−β)·Σ_{i≤t} β^{t−i}·g_i²",
        arithmetic: "acceptance set",
        why: "The unrolled recurrence, for gradients of any kind.",
      },
      {
        id: "RMS-4.3",
        statement: "The influence of a gradient on the mean square decays by β at each later step.",
        formula: "∂s_{t+k}/∂(g_t²) = (1−β)·β^k",
        arithmetic: "acceptance set",
        why: "Two traces that differ in one gradient must come together at this rate.",
      },
      {
        id: "RMS-4.4",
        statement:
          "AdaGrad's effective learning rate never rises; RMSprop's rises again after a burst of large gradients, uncentered and without bias correction, unless ε alone stands in the denominator.",
        formula: "η/d_t rises when g_t² < s_{t−1}",
        arithmetic: "float32",
        why: "The difference that RMSprop was invented for.",
      },
      {
        id: "RMS-4.5",
        statement:
          "The last n squared gradients have the weight 1 − γⁿ in the mean square, and the mean age of all terms is γ/(1−γ) steps.",
        formula:
          "Σ_{k<n} (1−γ)·γ^k = 1 − γⁿ, Σ_k k·(1−γ)·γ^k = γ/(1−γ); for γ = 0.9 and n = 1/(1−γ) = 10: 0.651322 and 9",
        arithmetic: "acceptance set",
        why: "The source calls the mean square an average over the last 1/(1−γ) steps; a third of its weight is older than that.",
      },
    ],
  },
  {
    number: 5,
    title: "Reductions",
    clauses: [
      {
        id: "RMS-5.1",
        statement: "With β_t = 1 − 1/t, η_t = η/√t and ε scaled alike, RMSprop is AdaGrad.",
        formula:
          "ε_t = ε/t inside the root, ε/√t outside it ⇒ θ_t = θ_{t−1} − η·g_t/(√Σg² + ε), or with √(Σg² + ε); there is none with ε in both places",
        arithmetic: "reals",
        why: "A running mean with weight 1/t is the plain mean; t of them are the sum.",
      },
      {
        id: "RMS-5.2",
        statement:
          "With β = 1 and without bias correction the mean square is frozen, and uncentered and without momentum the update is stochastic gradient descent with the rate η/d.",
        formula: "β = 1 ⇒ s_t = s_0, Δθ = −(η/d_0)·g_t",
        arithmetic: "acceptance set",
        why: "1 − β is exactly 0: nothing may be added to the mean square.",
      },
      {
        id: "RMS-5.3",
        statement:
          "Where ε dominates the root, the update is stochastic gradient descent with the rate η/ε (η/√ε with ε inside), short by a share that is known exactly.",
        formula: "ε outside: |Δθ|·ε/(η|g|) = 1 − √s/(√s + ε); inside: |Δθ|·√ε/(η|g|) = √(ε/(s + ε))",
        arithmetic: "reals",
        why: "The deviation is known exactly, so the reduction needs no tolerance.",
      },
      {
        id: "RMS-5.4",
        statement:
          "With β = 0 and ε = 0, uncentered and without momentum, the step is the learning rate with the sign of the gradient.",
        formula: "β = 0, ε = 0 ⇒ Δθ = −η·sign(g_t); in float32 η to the bit where |g| is a power of two",
        arithmetic: "acceptance set",
        why: "Sign descent is the other end of the family.",
      },
      {
        id: "RMS-5.5",
        statement:
          "At μ = 0 the parameter follows the plain rule in every momentum form. No buffer needs to be kept; one from before stays as it is, or is fed by 0·b + … where the dialect feeds it.",
        arithmetic: "float32",
        why: "A default momentum or a buffer of ones shows here. TensorFlow's kernels feed the buffer at every μ; PyTorch does not touch it.",
      },
    ],
  },
  {
    number: 6,
    title: "Momentum",
    clauses: [
      {
        id: "RMS-6.1",
        statement: "The momentum buffer follows the dialect's form, and the parameter follows the buffer.",
        formula: "b_t = μ·b_{t−1} + g_t/d_t, θ_t = θ_{t−1} − η·b_t, and the other forms of the axis",
        arithmetic: "acceptance set",
        why: "There are five forms in use.",
      },
      {
        id: "RMS-6.2",
        statement:
          "With a constant learning rate, the learning rate inside and outside the buffer are the same rule.",
        formula: "b_inside = η·b_outside",
        arithmetic: "reals",
        why: "This is why no test with a constant learning rate can tell them apart.",
      },
      {
        id: "RMS-6.3",
        statement:
          "When the learning rate changes between steps, the two forms part, by the carried buffer times the change.",
        formula:
          "θ_outside − θ_inside = −(η_t − η_{t−1})·μ·b_{t−1}; with μ² in place of μ for the Nesterov forms",
        arithmetic: "reals",
        why: "Learning-rate schedules with momentum are where ports of training code go wrong.",
      },
    ],
  },
  {
    number: 7,
    title: "Centered",
    clauses: [
      {
        id: "RMS-7.1",
        statement: "The centered denominator uses the mean square less the squared mean gradient.",
        formula: "a_t = β·a_{t−1} + (1−β)·g_t, v_t = s_t − a_t²",
        arithmetic: "acceptance set",
        why: "The centered form estimates the variance rather than the second moment.",
      },
      {
        id: "RMS-7.2",
        statement: "Over the reals the variance is never negative.",
        formula: "s_0 ≥ a_0² ⇒ s_t − a_t² ≥ 0",
        arithmetic: "reals",
        why: "Jensen's inequality: a mean of squares is at least the square of the mean.",
      },
      {
        id: "RMS-7.3",
        statement:
          "Where rounding makes the variance negative and ε does not lift it above zero, the parameter becomes NaN, unless the dialect clamps the variance at zero.",
        arithmetic: "acceptance set",
        why: "No implementation in the catalogue clamps. One that does hides the cancellation and computes another function: it must say so.",
      },
    ],
  },
  {
    number: 8,
    title: "Symmetries and independence",
    clauses: [
      {
        id: "RMS-8.1",
        statement:
          "At ε = 0, with correctly rounded roots and quotients, from a mean square of zero and without weight decay and clipping, multiplying all gradients by a power of two leaves the trajectory as it is, to the bit, while nothing over- or underflows.",
        formula: "g → 2^k·g ⇒ s → 4^k·s, θ unchanged",
        arithmetic: "float32",
        why: "RMSprop is scale-free but for ε; powers of two only move exponents.",
      },
      {
        id: "RMS-8.2",
        statement:
          "Negating parameters and gradients negates parameters and buffers and keeps the mean square, to the bit, except for the sign of a zero.",
        formula: "(θ, g) → (−θ, −g) ⇒ (θ_t, a_t, b_t, s_t) → (−θ_t, −a_t, −b_t, s_t)",
        arithmetic: "float32",
        why: "Rounding to nearest is odd, but a sum that cancels is +0 on both sides.",
      },
      {
        id: "RMS-8.3",
        statement:
          "Permuting the elements of a tensor permutes the results, to the bit; only where both forms of a mirrored lerp are declared may the sign of a zero mean gradient depend on the place.",
        arithmetic: "float32",
        why: "No element may know its place; vector bodies and tails must agree. PyTorch's lerp does not at weight 1 (β = 0): its vector body computes g + (g − a)·(w − 1), its tail g − (g − a)·(1 − w).",
      },
      {
        id: "RMS-8.4",
        statement:
          "Splitting a tensor into two parameters, or joining two into one, changes no bit, with the exception that RMS-8.3 makes.",
        arithmetic: "float32",
        why: "Tensor boundaries are a matter of storage.",
      },
      {
        id: "RMS-8.5",
        statement: "No element is changed by the value of another element, NaN and infinities included.",
        arithmetic: "float32",
        why: "RMSprop is elementwise; a fused norm or a skipped step on overflow shows here.",
      },
      {
        id: "RMS-8.6",
        statement:
          "Each parameter group uses its own hyperparameters, as if it were an optimizer of its own.",
        arithmetic: "float32",
        why: "Group hyperparameters are mixed up where they are hoisted out of loops.",
      },
    ],
  },
  {
    number: 9,
    title: "Options",
    clauses: [
      {
        id: "RMS-9.1",
        statement: "Maximizing is minimizing with the gradient negated, before weight decay is added.",
        formula: "g ← −g, then g ← g + λθ",
        arithmetic: "float32",
        why: "If the decay is negated too, the parameters grow without bound.",
      },
      {
        id: "RMS-9.2",
        statement: "Coupled weight decay adds λθ to the gradient before it is squared.",
        formula: "g ← g + λ·θ_{t−1}",
        arithmetic: "acceptance set",
        why: "Added after the square it is another method.",
      },
      {
        id: "RMS-9.3",
        statement:
          "Decoupled weight decay shrinks the parameter before the update and does not enter the mean square.",
        formula: "θ ← θ − η·λ·θ, or θ − λ·θ where the dialect does not scale it",
        arithmetic: "acceptance set",
        why: "A zero gradient then still moves the parameter.",
      },
      {
        id: "RMS-9.4",
        statement:
          "A hyperparameter that is changed between steps holds from the next step on, and nothing before it changes.",
        arithmetic: "acceptance set",
        why: "Schedules change the learning rate at every step; stale copies are a known bug.",
      },
      {
        id: "RMS-9.5",
        statement: "Hyperparameters that are not given have the dialect's defaults.",
        arithmetic: "acceptance set",
        why: "Defaults differ between libraries by up to three orders of magnitude.",
      },
    ],
  },
  {
    number: 10,
    title: "State and purity",
    clauses: [
      {
        id: "RMS-10.1",
        statement:
          "Saving the state, making a new instance and loading the state is the identity, to the bit.",
        arithmetic: "float32",
        why: "Training is interrupted; a checkpoint that loses a buffer changes every later step.",
      },
      {
        id: "RMS-10.2",
        statement: "The same program gives the same bits every time.",
        arithmetic: "float32",
        why: "What is not reproducible cannot be judged.",
      },
      {
        id: "RMS-10.3",
        statement:
          "A step does not change the gradient that it is given, unless the gradient is declared as scratch.",
        arithmetic: "float32",
        why: "PyTorch 1.13 did, with weight decay under foreach.",
      },
      {
        id: "RMS-10.4",
        statement:
          "A parameter without a gradient keeps its value and its state, and its steps are not counted.",
        arithmetic: "float32",
        why: "A missing gradient is not a zero gradient: the mean square must not decay.",
      },
      {
        id: "RMS-10.5",
        statement:
          "However steps, changes of hyperparameters, loads and checkpoints follow one another, over any groups and parameters and with gradients missing or not, each step of a parameter follows from its value, its state, its step count and the hyperparameters of its group as these operations left them, and nothing else changes.",
        arithmetic: "acceptance set",
        why: "What each operation does alone is not what they do together: a checkpoint that keeps the changes of the first group only, or a load that resets the parameters that it does not list, shows in no test of one operation.",
      },
    ],
  },
  {
    number: 11,
    title: "Special values",
    clauses: [
      {
        id: "RMS-11.1",
        statement: "A NaN gradient makes the state and the parameter NaN at that element.",
        arithmetic: "float32",
        why: "A NaN that is skipped or replaced hides a broken model.",
      },
      {
        id: "RMS-11.2",
        statement:
          "An infinite gradient that is not clipped before it is squared makes the mean square infinite in the two-term orders, and the parameter NaN unless the gradient is clipped after it was squared.",
        formula: "g = ±∞ ⇒ s = +∞, ∞/∞ = NaN",
        arithmetic: "float32",
        why: "Clamping infinities is another function.",
      },
      {
        id: "RMS-11.3",
        statement:
          "When g² overflows while g is finite, the mean square is infinite from then on in the two-term orders, and without momentum and uncentered the parameter stands still.",
        formula: "g/√∞ = 0",
        arithmetic: "acceptance set",
        why: "In float32 this happens from |g| ≈ 1.8e19 or 1.8e20, depending on the order of the product.",
      },
      {
        id: "RMS-11.4",
        statement:
          "When g² underflows, the mean square does not grow; from a mean square of zero, ε alone stands in the denominator.",
        formula: "(1−β)·g² < 2^−150 ⇒ fl = 0",
        arithmetic: "acceptance set",
        why: "Tiny gradients are then amplified by 1/ε; where ε is 0 the quotient is infinite.",
      },
      {
        id: "RMS-11.5",
        statement:
          "Subnormal gradients, states and parameters are values like any other, unless flushing is declared.",
        arithmetic: "acceptance set",
        why: "Flush-to-zero is a compiler flag away.",
      },
      {
        id: "RMS-11.6",
        statement: "At ε = 0 a zero gradient over a zero mean square gives NaN.",
        formula: "0/0 = NaN",
        arithmetic: "float32",
        why: "ε = 0 replaced by a default, or ε that underflows, shows here.",
      },
      {
        id: "RMS-11.7",
        statement:
          "Any float32 bit patterns in parameters, gradients and state are judged by the acceptance set.",
        arithmetic: "acceptance set",
        why: "Edge cases that no one has thought of.",
      },
    ],
  },
  {
    number: 12,
    title: "Rejected hyperparameters",
    clauses: [
      {
        id: "RMS-12.1",
        statement:
          "Where an implementation declares it, and by default in the torch family, a negative learning rate, β, ε, momentum or weight decay is refused when the optimizer is made.",
        arithmetic: "contract",
        why: "The rule has no meaning for them. Keras, Optax and TensorFlow.js accept them all.",
      },
      {
        id: "RMS-12.2",
        statement:
          "Where an implementation declares it, and by default in the torch family, a NaN hyperparameter is refused when the optimizer is made.",
        arithmetic: "contract",
        why: "x < 0 is false for NaN; a check written that way lets it pass.",
      },
      {
        id: "RMS-12.3",
        statement:
          "A hyperparameter that must be refused when the optimizer is made is refused in a change between steps too.",
        arithmetic: "contract",
        why: "A check that only the constructor makes is passed by every schedule.",
      },
    ],
  },
  {
    number: 13,
    title: "Worked examples",
    clauses: [
      {
        id: "RMS-13.1",
        statement:
          "L(w) = w² from w₀ = 1 and a mean square of zero with η = 0.1, β = 0.9, ε = 1e-8: the mean square is 0.4 and w₁ is 0.683772…",
        formula: "1 − 0.1·2/√0.4 = 0.683772…; the source's text prints 0.632, which is √0.4: an erratum",
        arithmetic: "acceptance set",
        why: "The source prints the root in place of the result; anyone who checks against it must know.",
      },
      {
        id: "RMS-13.2",
        statement: "From zero, after gradients 2 and 3 the mean square is (4γ + 9)(1 − γ), for every γ.",
        arithmetic: "acceptance set",
        why: "A closed form in γ, not at one γ.",
      },
      {
        id: "RMS-13.3",
        statement: "From zero, gradients 1, 2, 3 with β = 0.9 give the mean squares 0.1, 0.49 and 1.341.",
        arithmetic: "acceptance set",
        why: "Three steps that can be followed by hand: 0.9·0.1 + 0.1·4, then 0.9·0.49 + 0.1·9. The numbers are in no source.",
      },
      {
        id: "RMS-13.4",
        statement:
          "x₀ = 5 under the gradient 2x with step 0.3, γ = 0.9 and ε = 1e-8 stays within the step bound, and within 100 steps reaches |x| ≤ η/√(1−γ) and never leaves it again.",
        arithmetic: "acceptance set",
        why: "The gradient depends on the implementation's own parameter: a closed loop.",
      },
      {
        id: "RMS-13.5",
        statement:
          "f = 0.1x₁² + 2x₂² from (−5, −2) with η = 0.4, γ = 0.9, ε = 1e-6 inside the root: after 20 steps x₁ = −0.010599 and x₂ = 0.000000; in float32 within what the roundings of the declared evaluations can add up to, which with the default freedom leaves all six decimals.",
        formula: "ε outside the root: x₁ = −0.010598, and in float32 all six decimals too",
        arithmetic: "acceptance set",
        why: "The source's printed output, which ε outside the root does not reproduce to the last digit.",
      },
      {
        id: "RMS-13.6",
        statement:
          "Linear regression on the airfoil self-noise data with η = 0.01, γ = 0.9 and ε = 1e-8 outside the root: from 300 recorded gradients of PyTorch, the last parameters give a loss of 0.243782, within what the roundings of the declared evaluations can change it by.",
        formula:
          "half the mean squared error over 1500 samples, (θᵀXᵀXθ − 2θᵀXᵀy + yᵀy)/(2·1500). The source prints 0.243676 for PyTorch and does not say its seed: of 300 seeds, 129 end at or below that, all between 0.241975 and 0.254578, the median at 0.243848",
        arithmetic: "acceptance set",
        why: "A real training run, judged by what it is for: the loss.",
      },
      {
        id: "RMS-13.7",
        statement: "Alternating gradients cancel in the mean gradient and not in the mean square.",
        formula: "g_t = ±c ⇒ |a_t| ≤ (1−β)·c, s_t → c²",
        arithmetic: "acceptance set",
        why: "Why the squares are averaged and not the gradients.",
      },
      {
        id: "RMS-13.8",
        statement:
          "Ten times the gradient (1, 2, 3) with η = 0.1, β = 0.9 and ε = 1e-8 give the update −η/√(1−β^t) in every component: −0.316228, −0.229416, −0.192095, −0.170523, −0.156267, −0.146089, −0.138449, −0.132508, −0.127767, −0.123909; in float32 within what the roundings of the declared evaluations can add up to.",
        formula:
          "−η·g/√(g²·(1−β^t) + ε), in which g cancels but for ε; six decimals are the same with ε outside the root. The source's text says that its generator yields the updated parameter; it yields the update: an erratum",
        arithmetic: "acceptance set",
        why: "The source's generator example: the size of a gradient does not matter, and the first steps are the longest.",
      },
      {
        id: "RMS-13.9",
        statement:
          "AdaGrad, which RMSprop is under the schedule of RMS-5.1, ends the descent of RMS-13.5 with the same η = 0.4 at x₁ = −2.382563 and x₂ = −0.158591; in float32 within what the roundings of the declared evaluations can add up to.",
        formula: "β_t = 1 − 1/t, η_t = 0.4/√t, ε_t = 1e-6/t",
        arithmetic: "acceptance set",
        why: "The source's comparison: AdaGrad's rate has become too small, RMSprop's has not.",
      },
      {
        id: "RMS-13.10",
        statement:
          "x₀ = 5 under the gradient 2x with step 0.3, γ = 0.9 and ε = 1e-8: x₁ = 4.051317, x₁₀ = 1.064895 and x₁₀₀ = −0.012525; in float32 every x_t is within what the roundings of the declared evaluations can add up to, which with the default freedom leaves 4.05132, 1.0649 and −0.0125.",
        formula:
          "the deviation (δx, δs) is carried from step to step by the derivative of the step; it is 2e-23 where x is smallest and 1e-4 where the loop swings out again, at t = 95",
        arithmetic: "acceptance set",
        why: "A trajectory as a whole: a loop that is judged step by step only would not be compared with any number of the source.",
      },
      {
        id: "RMS-13.11",
        statement:
          "The same regression by the source's own code, with ε = 1e-6 inside the root: from the 300 recorded gradients of that run, the last parameters give a loss of 0.243782, within what the roundings of the declared evaluations can change it by.",
        formula:
          "the source prints 0.243452 and does not say its seed: of 300 seeds, 112 end at or below that, all between 0.241975 and 0.254582, the median at 0.243847. From the same start and batches the place of ε changes the loss by about 1e-8: the source's two losses differ by their seeds",
        arithmetic: "acceptance set",
        why: "ε inside the root is what the source trains with.",
      },
    ],
  },
  {
    number: 14,
    title: "What an implementation declares",
    clauses: [
      {
        id: "RMS-14.1",
        statement:
          "A capability that is declared is there, and a program that needs one that is not declared is answered with `unsupported`.",
        arithmetic: "contract",
        why: "What is skipped in silence looks like what was run.",
      },
    ],
  },
];

/** Every clause of the specification, in the order of its text. */
export const CLAUSES: readonly Clause[] = CLAUSE_FAMILIES.flatMap(({ clauses }) => clauses);

const byId = new Map(CLAUSES.map((clause) => [clause.id, clause]));

/** @throws {RangeError} for an id that the specification does not have. */
export function clauseById(id: string): Clause {
  const clause = byId.get(id);
  if (!clause) throw new RangeError(`the specification has no clause ${id}`);
  return clause;
}
