"""What an exporter leaves to chance or takes from the machine, made the same everywhere."""

import onnx

ABSENT = ""
"""The name of an optional input that is not given."""


def normalise(exported, inputs, outputs, ir_version):
    """A new model with the same graph and nothing else.

    Inputs and outputs get the given names, by position; nodes and the values between them are numbered in the
    exporter's order. Stack traces, paths, documentation, inferred shapes and versions are left out.
    """
    source = exported.graph
    if [len(source.input), len(source.output)] != [len(inputs), len(outputs)]:
        raise ValueError(
            f"the exporter made {len(source.input)} inputs and {len(source.output)} outputs, "
            f"expected {len(inputs)} and {len(outputs)}: an input that nothing depends on may have been dropped"
        )
    if exported.functions:
        raise ValueError(f"the exporter left functions in the model: {[f.name for f in exported.functions]}")
    outputs_of = [value.name for value in source.output]
    if len(set(outputs_of)) != len(outputs_of) or set(outputs_of) & {value.name for value in source.input}:
        raise ValueError("one value is several outputs, or an input is an output: it cannot have both names")

    names = {ABSENT: ABSENT}
    names |= zip((value.name for value in source.input), inputs, strict=True)
    names |= zip(outputs_of, outputs, strict=True)
    for number, tensor in enumerate(source.initializer):
        names.setdefault(tensor.name, f"constant_{number}")
    produced = [name for node in source.node for name in node.output if name not in names]
    names |= {name: f"value_{number}" for number, name in enumerate(produced)}

    model = onnx.ModelProto(ir_version=ir_version, producer_name="pytorch")
    model.opset_import.extend(used_opsets(exported))
    graph = model.graph
    graph.name = "training_step"
    for values, into in ((source.input, graph.input), (source.output, graph.output)):
        for value in values:
            into.add(name=names[value.name], type=value.type)
    for tensor in source.initializer:
        array = onnx.numpy_helper.to_array(tensor)
        graph.initializer.append(onnx.numpy_helper.from_array(array, names[tensor.name]))
    for number, node in enumerate(source.node):
        copy = graph.node.add(name=f"{node.op_type}_{number}", op_type=node.op_type, domain=node.domain)
        copy.input.extend(names[name] for name in node.input)
        copy.output.extend(names[name] for name in node.output)
        for attribute in sorted(node.attribute, key=lambda attribute: attribute.name):
            copied = copy.attribute.add()
            copied.CopyFrom(attribute)
            copied.ClearField("doc_string")
            if attribute.type == onnx.AttributeProto.TENSOR:
                array = onnx.numpy_helper.to_array(attribute.t)
                copied.t.CopyFrom(onnx.numpy_helper.from_array(array))
            elif attribute.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS):
                raise ValueError(f"the exporter made a node with a graph inside: {node.op_type}")
    return model


def used_opsets(model):
    """The operator sets that some node is from."""
    domains = {node.domain for node in model.graph.node}
    return sorted((o for o in model.opset_import if o.domain in domains), key=lambda o: o.domain)
