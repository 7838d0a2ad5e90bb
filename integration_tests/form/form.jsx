// The form of spec.json as a page: the option of `credentials` that the fragment of the address names is chosen.
//
// What Airbyte's own extensions ask for is done as Airbyte's form does it: `order`, `group`, `airbyte_hidden`,
// `airbyte_secret`, `display_type`, `pattern_descriptor`; the first example stands in an empty field.

import Form from "@rjsf/core";
import validator from "@rjsf/validator-ajv8";
import { createRoot } from "react-dom/client";

import spec from "spec.json";

const schema = spec.connectionSpecification;

function uiOf(node) {
  const ui = {};
  const properties = Object.entries(node.properties ?? {});
  if (properties.length > 0) {
    properties.sort(([, left], [, right]) => left.order - right.order);
    ui["ui:order"] = properties.map(([name]) => name);
    for (const [name, property] of properties) ui[name] = uiOf(property);
  }
  if (node.oneOf) {
    ui.oneOf = node.oneOf.map(uiOf);
    ui["ui:widget"] = node.display_type === "radio" ? "radio" : "select";
  }
  if (node.airbyte_hidden || "const" in node) ui["ui:widget"] = "hidden";
  else if (node.airbyte_secret) ui["ui:widget"] = "password";
  if (node.examples && !node.airbyte_secret && !("default" in node)) ui["ui:placeholder"] = String(node.examples[0]);
  return ui;
}

function FieldTemplate({ id, label, required, description, children, errors, hidden, schema: own }) {
  if (hidden) return <div hidden>{children}</div>;
  return (
    <div className="field">
      {own.type !== "object" && label && (
        <label htmlFor={id}>
          {label}
          <span className="hint">
            {[required ? "" : "optional", own.pattern_descriptor].filter(Boolean).join(", ")}
          </span>
        </label>
      )}
      {own.type !== "object" && description}
      {children}
      {errors}
    </div>
  );
}

function ObjectFieldTemplate({ title, description, properties, fieldPathId, schema: own }) {
  const isRoot = fieldPathId?.path?.length === 0;
  if (!isRoot) {
    return (
      <div className="object">
        {"oneOf" in own && <div className="label">{title}</div>}
        {description && <p className="description">{description}</p>}
        {properties.map((property) => property.content)}
      </div>
    );
  }
  return own.groups.map((group) => (
    <section key={group.id}>
      <h2>{group.title}</h2>
      {properties
        .filter((property) => own.properties[property.name].group === group.id)
        .map((property) => property.content)}
    </section>
  ));
}

const chosen = schema.properties.credentials.oneOf.find(
  (variant) => variant.properties.auth_type.const === decodeURIComponent(location.hash.slice(1)),
);
createRoot(document.getElementById("form")).render(
  <>
    <h1>Zoom</h1>
    <Form
      schema={schema}
      uiSchema={{ ...uiOf(schema), "ui:submitButtonOptions": { submitText: "Set up source" } }}
      formData={chosen && { credentials: { auth_type: chosen.properties.auth_type.const } }}
      validator={validator}
      templates={{ FieldTemplate, ObjectFieldTemplate }}
      noHtml5Validate
      showErrorList={false}
    />
  </>,
);
