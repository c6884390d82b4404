//! The interface's description of itself: whole, and strict.

use std::collections::BTreeSet;

use model::on_both;
use rules::scope::Scope;
use serde_json::Value as Json;
use web::routes::{self, Door};

use crate::app::{Demo, TestApp};

/// Calls `visit` with every object in a document.
fn each_object<'a>(value: &'a Json, visit: &mut impl FnMut(&'a serde_json::Map<String, Json>)) {
    match value {
        Json::Object(object) => {
            visit(object);
            object.values().for_each(|value| each_object(value, visit));
        }
        Json::Array(values) => values.iter().for_each(|value| each_object(value, visit)),
        _ => {}
    }
}

on_both! {
    // Rule D5
    async fn the_document_and_the_route_table_name_the_same_addresses(app: TestApp) {
        let document = app.nobody().get("/api/v1/openapi.json").await.expect(200).json();
        assert_eq!(&document, app.document());
        let described: BTreeSet<String> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
            })
            .collect();
        let routed: BTreeSet<String> = routes::table(&app.inside().reading())
            .iter()
            .filter(|route| route.is_api())
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        assert_eq!(described, routed);
    }

    // Rule D5
    async fn the_document_is_strict_and_whole(app: Demo) {
        let document = app.document();
        assert_eq!(document["openapi"], "3.1.1");
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            each_object(schema, &mut |object| {
                if object.get("type").is_some_and(|kind| kind == "object") {
                    // A map of anything to something says what it holds; everything else is closed.
                    let rest = object.get("additionalProperties");
                    let is_map = !object.contains_key("properties") && rest.is_some_and(Json::is_object);
                    assert!(is_map || rest == Some(&Json::Bool(false)), "{name} is open: {object:?}");
                }
            });
        }
        let mut ids = BTreeSet::new();
        each_object(document, &mut |object| {
            if let Some(reference) = object.get("$ref") {
                let name = reference.as_str().unwrap().strip_prefix("#/components/schemas/").unwrap();
                assert!(document["components"]["schemas"][name].is_object(), "{name} is not there");
            }
            if let Some(id) = object.get("operationId") {
                assert!(ids.insert(id.as_str().unwrap()), "{id} twice");
                let parameters = object["parameters"].as_array().unwrap();
                assert!(parameters.iter().all(|parameter| parameter["description"].is_string()), "{id}");
            }
        });
    }

    // Rule D5
    async fn every_address_that_needs_a_token_names_its_scope(app: TestApp) {
        let document = app.document();
        for route in routes::table(&app.inside().reading()).iter().filter(|route| route.is_api()) {
            let method = route.method.as_str().to_ascii_lowercase();
            let security = &document["paths"][route.path][method]["security"];
            let bearer = |scope: Scope| serde_json::json!({ "bearer": [scope.code()] });
            match (route.scope, route.door) {
                // Nobody need show a token, but one that is shown must be good for it.
                (Some(scope), Door::Open) => {
                    assert_eq!(security, &serde_json::json!([{}, bearer(scope)]), "{}", route.path);
                }
                (Some(scope), _) => assert_eq!(security, &serde_json::json!([bearer(scope)]), "{}", route.path),
                (None, door) => {
                    assert_eq!(door, Door::Open, "{}", route.path);
                    assert_eq!(security, &serde_json::json!([]), "{}", route.path);
                }
            }
        }
    }
}
