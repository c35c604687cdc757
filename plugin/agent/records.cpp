#include "plugin/agent/records.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <system_error>

namespace sidedish::agent {
namespace fs = std::filesystem;

Result<void> Records::add(std::string_view terminal, unsigned lane,
                          std::span<const std::byte> record) {
  std::string name;
  for (const char c : terminal) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    name += plain ? c : '_';
  }
  name += "." + std::to_string(lane);
  const fs::path folder = folder_ / name;
  std::error_code error;
  const auto [slot, first] = next_.try_emplace(name, 0U);
  if (first) {
    fs::create_directories(folder, error);
    // After a restart: go on behind the newest.
    fs::file_time_type newest = fs::file_time_type::min();
    for (const Entry& entry : list(folder_)) {
      if (entry.lane != name || entry.at < newest) continue;
      newest = entry.at;
      slot->second =
          (static_cast<unsigned>(std::strtoul(entry.file.stem().c_str(), nullptr, 10)) + 1) %
          per_lane_;
    }
  }
  const fs::path file = folder / (std::to_string(slot->second) + ".record");
  const fs::path fresh = folder / "new.tmp";
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(record.data()),
              static_cast<std::streamsize>(record.size()));
    out.flush();
    if (!out) {
      out.close();
      fs::remove(fresh, error);  // what little room it took is wanted
      return fail(Errc::io, "keeping a decision record", fresh.string());
    }
  }
  fs::rename(fresh, file, error);
  if (error) return fail(Errc::io, "keeping a decision record", error.message());
  slot->second = (slot->second + 1) % per_lane_;
  return {};
}

std::vector<Records::Entry> Records::list(const fs::path& folder) {
  std::vector<Entry> out;
  std::error_code error;
  for (fs::directory_iterator lanes(folder, error), end; !error && lanes != end;
       lanes.increment(error)) {
    std::error_code inner;
    for (fs::directory_iterator files(lanes->path(), inner), last; !inner && files != last;
         files.increment(inner)) {
      if (files->path().extension() != ".record") continue;
      std::error_code ignored;
      out.push_back({files->path(), lanes->path().filename().string(), files->file_size(ignored),
                     files->last_write_time(ignored)});
    }
  }
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.at > b.at; });
  return out;
}

}  // namespace sidedish::agent
