//! The app without a window: finds elements by id in the virtual DOM and fires events at them, as the
//! webview would.

use std::any::Any;
use std::rc::Rc;

use dioxus_core::{
    AttributeValue, DynamicNode, ElementId, Event, NoOpMutations, TemplateAttribute, TemplateNode,
    VNode, VirtualDom,
};
use dioxus_html::{
    PlatformEventData, SerializedFormData, SerializedHtmlEventConverter, SerializedMouseData,
    set_event_converter,
};

pub(crate) struct Window {
    dom: VirtualDom,
}

/// An element that was found.
struct Found {
    element: Option<ElementId>,
    disabled: bool,
}

impl Window {
    pub(crate) fn open(mut dom: VirtualDom) -> Self {
        set_event_converter(Box::new(SerializedHtmlEventConverter));
        dom.rebuild(&mut NoOpMutations);
        let mut window = Self { dom };
        window.settle();
        window
    }

    /// Lets everything happen that is under way.
    pub(crate) fn settle(&mut self) {
        for _ in 0..4 {
            self.dom.process_events();
            self.dom.render_immediate(&mut NoOpMutations);
        }
    }

    /// The page as HTML.
    pub(crate) fn html(&self) -> String {
        dioxus_ssr::render(&self.dom)
    }

    /// Whether a text stands on the page.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.html().contains(&text.replace('\'', "&#39;"))
    }

    pub(crate) fn is_enabled(&self, id: &str) -> bool {
        self.find(id).is_some_and(|found| !found.disabled)
    }

    pub(crate) fn press(&mut self, id: &str) {
        let data = PlatformEventData::new(Box::<SerializedMouseData>::default());
        self.fire(id, "click", Rc::new(data));
    }

    /// Types digits on the number pad.
    pub(crate) fn type_digits(&mut self, digits: &str) {
        for digit in digits.chars() {
            self.press(&format!("key-{digit}"));
        }
    }

    pub(crate) fn fill(&mut self, id: &str, text: &str) {
        let data = SerializedFormData::new(text.to_owned(), Vec::new());
        self.fire(id, "input", Rc::new(PlatformEventData::new(Box::new(data))));
    }

    pub(crate) fn tick(&mut self, id: &str, on: bool) {
        let data = SerializedFormData::new(on.to_string(), Vec::new());
        self.fire(
            id,
            "change",
            Rc::new(PlatformEventData::new(Box::new(data))),
        );
    }

    fn fire(&mut self, id: &str, event: &str, data: Rc<dyn Any>) {
        let found = self
            .find(id)
            .unwrap_or_else(|| panic!("there is no #{id} in {}", self.html()));
        assert!(!found.disabled, "#{id} cannot be used yet");
        let element = found.element.expect("an element that listens");
        let runtime = self.dom.runtime();
        runtime.handle_event(event, Event::new(data, true), element);
        self.settle();
    }

    fn find(&self, id: &str) -> Option<Found> {
        self.in_node(self.dom.base_scope().root_node(), id)
    }

    fn in_node(&self, node: &VNode, id: &str) -> Option<Found> {
        node.template
            .roots
            .iter()
            .find_map(|part| self.in_template(node, part, id))
    }

    fn in_template(&self, node: &VNode, part: &TemplateNode, id: &str) -> Option<Found> {
        match part {
            TemplateNode::Text { .. } => None,
            TemplateNode::Dynamic { id: at } => match &node.dynamic_nodes[*at] {
                DynamicNode::Fragment(nodes) => {
                    nodes.iter().find_map(|inner| self.in_node(inner, id))
                }
                DynamicNode::Component(component) => {
                    let scope = component.mounted_scope(*at, node, &self.dom)?;
                    self.in_node(scope.root_node(), id)
                }
                DynamicNode::Text(_) | DynamicNode::Placeholder(_) => None,
            },
            TemplateNode::Element {
                attrs, children, ..
            } => {
                let mut found = Found {
                    element: None,
                    disabled: false,
                };
                let mut is_it = false;
                for attribute in *attrs {
                    match attribute {
                        TemplateAttribute::Static { name, value, .. } => {
                            is_it |= *name == "id" && *value == id;
                        }
                        TemplateAttribute::Dynamic { id: at } => {
                            found.element = node.mounted_dynamic_attribute(*at, &self.dom);
                            for dynamic in &*node.dynamic_attrs[*at] {
                                match (dynamic.name, &dynamic.value) {
                                    ("id", AttributeValue::Text(value)) => is_it |= value == id,
                                    ("disabled", AttributeValue::Bool(value)) => {
                                        found.disabled = *value;
                                    }
                                    _ => {}
                                }
                            }
                        }
                    }
                }
                if is_it {
                    return Some(found);
                }
                children
                    .iter()
                    .find_map(|child| self.in_template(node, child, id))
            }
        }
    }
}
