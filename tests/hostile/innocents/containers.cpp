// verdict: ok
#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>
int main()
{
    std::map<std::string, int> m{{"b", 2}, {"a", 1}};
    std::vector<int> v;
    for (auto &[k, x] : m) v.push_back(x);
    std::reverse(v.begin(), v.end());
    for (int x : v) std::cout << x << ' ';
    std::cout << '\n';
}
