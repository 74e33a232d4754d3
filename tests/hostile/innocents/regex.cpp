// verdict: ok request: {"options": {"optimize": 0}}
#include <iostream>
#include <regex>
int main() { std::cout << std::regex_match("abc123", std::regex("[a-z]+[0-9]+")) << '\n'; }
