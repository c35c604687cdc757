#pragma once
// A fresh folder of hand-made receipts for one test; gone with the object.
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <zlib.h>

namespace sidedish::sim::test {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "sidedish-shop-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  void write_gz(const std::string& name, std::string_view bytes) const {
    gzFile file = gzopen((path_ / name).c_str(), "wb");
    REQUIRE(file != nullptr);
    REQUIRE(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) ==
            static_cast<int>(bytes.size()));
    REQUIRE(gzclose(file) == Z_OK);
  }

 private:
  std::filesystem::path path_;
};

inline constexpr std::string_view kHeader =
    "basket_id,timestamp,store,customer,sku,name,category,quantity,unit_price\n";
inline constexpr std::string_view kItems =
    "sku,name,category,parent_category,list_price,baskets,units\n"
    "10001,TEA POT,tea,kitchen,9.95,9,9\n"
    "10002A,\"CUP, \"\"BLUE\"\"\",tea,kitchen,2.5,5,5\n"
    "10003,SPOON,,,,3,3\n"
    "10004,TRAY,tea,kitchen,4.00,2,2\n"
    "POST,POSTAGE,,,3.00,1,1\n";

}  // namespace sidedish::sim::test
