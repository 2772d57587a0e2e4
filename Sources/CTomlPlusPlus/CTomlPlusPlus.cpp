#include "CTomlPlusPlus.h"

#define TOML_HEADER_ONLY 0
#define TOML_SHARED_LIB 1
#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <toml++/toml.h>
#include <vector>

namespace {

struct Node {
    poort_toml_kind kind = POORT_TOML_TABLE;
    std::string key;
    std::string text;
    int64_t integer = 0;
    double number = 0;
    bool boolean = false;
    poort_toml_place place{0, 0};
    poort_toml_place key_place{0, 0};
    std::vector<size_t> children;
};

poort_toml_place place_of(const toml::source_region &region) { return {region.begin.line, region.begin.column}; }

} // namespace

struct poort_toml {
    std::vector<Node> nodes;
    std::string error;
    poort_toml_place error_place{0, 0};

    size_t add(const toml::node &source) {
        size_t index = nodes.size();
        nodes.emplace_back();
        nodes[index].place = place_of(source.source());
        if (auto *table = source.as_table()) {
            nodes[index].kind = POORT_TOML_TABLE;
            for (auto &&[key, child] : *table) {
                size_t added = add(child);
                nodes[added].key = std::string(key.str());
                nodes[added].key_place = place_of(key.source());
                nodes[index].children.push_back(added);
            }
            // In the order of the file, which is the order of complaints.
            std::sort(nodes[index].children.begin(), nodes[index].children.end(), [this](size_t a, size_t b) {
                auto x = nodes[a].key_place, y = nodes[b].key_place;
                return x.line != y.line ? x.line < y.line : x.column < y.column;
            });
        } else if (auto *array = source.as_array()) {
            nodes[index].kind = POORT_TOML_ARRAY;
            for (auto &&child : *array) {
                size_t added = add(child);
                nodes[index].children.push_back(added);
            }
        } else if (auto *text = source.as_string()) {
            nodes[index].kind = POORT_TOML_STRING;
            nodes[index].text = text->get();
        } else if (auto *integer = source.as_integer()) {
            nodes[index].kind = POORT_TOML_INTEGER;
            nodes[index].integer = integer->get();
        } else if (auto *number = source.as_floating_point()) {
            nodes[index].kind = POORT_TOML_FLOAT;
            nodes[index].number = number->get();
        } else if (auto *boolean = source.as_boolean()) {
            nodes[index].kind = POORT_TOML_BOOLEAN;
            nodes[index].boolean = boolean->get();
        } else {
            nodes[index].kind = POORT_TOML_TIME;
        }
        return index;
    }
};

extern "C" {

poort_toml *poort_toml_parse(const char *text, size_t count) {
    auto *document = new (std::nothrow) poort_toml();
    if (!document) return nullptr;
    try {
        toml::table root = toml::parse(std::string_view(text, count));
        document->add(root);
    } catch (const toml::parse_error &error) {
        document->error = std::string(error.description());
        document->error_place = place_of(error.source());
    } catch (const std::exception &error) {
        document->error = error.what();
        document->error_place = {1, 1};
    } catch (...) {
        document->error = "the parser failed";
        document->error_place = {1, 1};
    }
    return document;
}

void poort_toml_free(poort_toml *document) { delete document; }

const char *poort_toml_error(const poort_toml *document, poort_toml_place *place) {
    if (document->error.empty()) return nullptr;
    *place = document->error_place;
    return document->error.c_str();
}

poort_toml_kind poort_toml_kind_of(const poort_toml *document, size_t node) { return document->nodes[node].kind; }
poort_toml_place poort_toml_place_of(const poort_toml *document, size_t node) { return document->nodes[node].place; }
poort_toml_place poort_toml_key_place_of(const poort_toml *document, size_t node) {
    return document->nodes[node].key_place;
}
size_t poort_toml_child_count(const poort_toml *document, size_t node) {
    return document->nodes[node].children.size();
}
size_t poort_toml_child(const poort_toml *document, size_t node, size_t index) {
    return document->nodes[node].children[index];
}
const char *poort_toml_key(const poort_toml *document, size_t node, size_t *count) {
    *count = document->nodes[node].key.size();
    return document->nodes[node].key.data();
}
const char *poort_toml_string(const poort_toml *document, size_t node, size_t *count) {
    *count = document->nodes[node].text.size();
    return document->nodes[node].text.data();
}
int64_t poort_toml_integer(const poort_toml *document, size_t node) { return document->nodes[node].integer; }
double poort_toml_float(const poort_toml *document, size_t node) { return document->nodes[node].number; }
bool poort_toml_boolean(const poort_toml *document, size_t node) { return document->nodes[node].boolean; }

}
