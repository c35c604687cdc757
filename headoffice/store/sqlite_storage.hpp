#pragma once
// Storage in one SQLite file, owned by one process.
#include "headoffice/store/basket_store.hpp"
#include "headoffice/store/book_store.hpp"
#include "headoffice/store/catalogue_store.hpp"
#include "headoffice/store/people_store.hpp"
#include "headoffice/store/storage.hpp"
#include "headoffice/store/wave_store.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <type_traits>

namespace sidedish::headoffice {

class Database;

class SqliteStorage final : public Storage,
                            public PeopleStore,
                            public ChangeStore,
                            public OverlayStore,
                            public WaveStore,
                            public CatalogueStore,
                            public BookStore,
                            public BasketStore {
 public:
  /// Opens or creates the file, checks it (quick_check) and migrates it. conflict: another process
  /// has it open. corrupt: it is damaged, or no database; it is left as it is. unsupported: written
  /// by a newer build or another program. io: the rest.
  /// `vfs`: an SQLite VFS by name (tests); empty = the system's.
  static Result<std::unique_ptr<SqliteStorage>> open(std::string file, std::string vfs = {});
  ~SqliteStorage() override;

  Result<bool> put_store(const StoreRow& store) override;
  Result<bool> put_terminal(std::string_view store, std::string_view terminal, UtcMs now) override;
  Result<std::vector<StoreRow>> stores() override;
  Result<StoreRow> store(std::string_view id) override;
  Result<bool> has_terminal(std::string_view store, std::string_view terminal) override;
  Result<std::vector<TerminalRow>> terminals(std::string_view store) override;
  Result<BatchResult> ingest(const IncomingBatch& batch) override;
  Result<std::vector<PromptTotal>> prompt_totals(const TotalsFilter& filter) override;
  Result<std::vector<BasketTotal>> basket_totals(const TotalsFilter& filter) override;
  Result<std::vector<UnitTotal>> unit_totals(const TotalsFilter& filter) override;
  Result<std::vector<RemarkTotal>> remarks(const TotalsFilter& filter, std::size_t most) override;
  Result<Completeness> completeness(const std::vector<std::string>& stores) override;
  Result<RecordCount> records(bool verify) override;
  Result<std::vector<RuleRow>> rules() override;
  Result<std::vector<RulePhase>> rule_phases() override;
  Result<std::vector<MoneyCap>> money_caps() override;
  Result<std::uint64_t> publish(const Publication& publication,
                                const WriteManifest& write) override;
  Result<bool> pack_version_taken(std::string_view pack, std::uint64_t version,
                                  const Sha256& image) override;
  Result<ManifestRow> manifest(std::string_view store) override;
  Result<std::string> blob(const Sha256& digest) override;
  Result<bool> put_picture(const Sha256& digest, const PictureRow& picture, UtcMs now) override;
  Result<PictureRow> picture(const Sha256& digest) override;
  Result<std::vector<PictureAbout>> about_pictures(std::span<const Sha256> digests) override;
  Result<std::vector<OverlayChanged>> edit_overlays(std::span<const std::string> stores,
                                                    const OverlayOrder& order,
                                                    const EditStanding& edit) override;
  Result<StandingState> standing(std::string_view store) override;
  Result<std::vector<OverlayLogRow>> overlay_log(std::string_view store, std::size_t most) override;
  Result<std::vector<std::string>> overlays_due(UtcMs now) override;
  Result<std::optional<UtcMs>> next_overlay_end() override;
  Result<std::vector<std::string>> stores_of_pack(std::string_view pack) override;
  Result<std::vector<OfferedManifest>> offered(std::string_view store) override;
  Result<std::vector<RolloutRow>> rollouts(bool running, std::size_t most) override;
  Result<bool> move_rollout(const RolloutRow& was, const RolloutRow& now,
                            const Change& change) override;
  Result<bool> put_health(std::string_view store, std::string_view terminal,
                          const HealthRow& health) override;
  Result<std::optional<HealthRow>> health(std::string_view store,
                                          std::string_view terminal) override;
  Result<std::vector<TerminalHealth>> health_of(std::uint64_t version) override;
  Result<std::vector<std::string>> stores_of_version(std::uint64_t version) override;
  Result<PublishedDocuments> documents(std::uint64_t version) override;
  Result<bool> put_report(std::string_view store, std::string_view terminal,
                          const HealthReport& report) override;
  Result<std::vector<FleetStore>> fleet() override;
  Result<std::vector<PublishedImage>> reported_images() override;
  Result<std::vector<VersionRow>> versions(std::string_view pack, std::size_t most) override;
  Result<std::map<std::string, std::int64_t>> counters() override;
  Result<void> count(std::string_view name, std::int64_t n) override;
  Result<void> check() override;

  Result<std::vector<PersonRow>> people() override;
  Result<PersonRow> person(std::string_view id) override;
  Result<void> change_person(const PersonRow& person, const Change& change) override;
  Result<void> invite(const Sha256& token, const InvitationRow& invitation,
                      const Change& change) override;
  Result<InvitationRow> invitation(const Sha256& token) override;
  Result<void> use_invitation(const Sha256& token, const PersonRow* person,
                              const Change& change) override;
  Result<void> open_session(const Sha256& token, std::string_view person, std::string_view csrf,
                            UtcMs now) override;
  Result<SessionRow> session(const Sha256& token) override;
  Result<void> touch_session(const Sha256& token, UtcMs now) override;
  Result<void> close_session(const Sha256& token) override;
  Result<std::int64_t> close_sessions(std::string_view person) override;
  Result<void> sweep_sessions(UtcMs idle, UtcMs old) override;
  Result<Attempts> attempts(std::string_view what) override;
  Result<void> put_attempts(std::string_view what, const Attempts& attempts) override;
  Result<void> forget_attempts(std::string_view what) override;
  Result<std::vector<ChangeRow>> changes(const ChangeFilter& filter) override;
  Result<std::vector<PublishedPack>> packs() override;
  Result<PublishedPack> newest(std::string_view pack) override;
  Result<PackText> newest_text(std::string_view pack) override;
  Result<std::vector<DraftRow>> drafts(std::string_view pack, std::string_view rule) override;
  Result<void> edit_drafts(std::string_view pack, std::span<const std::string> rules,
                           const EditDrafts& edit) override;
  Result<std::vector<PlanRow>> plans(std::string_view pack) override;
  Result<std::optional<PlanRow>> next_plan() override;
  Result<std::vector<RuleChangeRow>> rule_changes(std::string_view pack,
                                                  std::string_view rule) override;
  Result<std::vector<std::pair<std::string, std::string>>> paused(std::string_view pack) override;

  Result<std::uint64_t> count_closed_baskets(std::span<const std::string> stores, BusinessDay from,
                                             BusinessDay to) override;
  Result<std::vector<ClosedBasketRow>> closed_baskets(std::span<const std::string> stores,
                                                      BusinessDay day, std::int64_t after,
                                                      std::size_t most) override;
  Result<ChainCheck> check_changes() override;

  Result<CatalogueHead> catalogue(std::string_view pack) override;
  Result<StandingCatalogue> whole_catalogue(std::string_view pack) override;
  Result<void> seed_catalogue(std::string_view pack, const CatalogueRows& rows) override;
  Result<std::vector<std::string>> published_packs() override;
  Result<PackDocuments> newest_documents(std::string_view pack) override;
  Result<std::vector<std::string>> products(std::string_view pack,
                                            std::span<const std::string> keys) override;
  Result<std::vector<std::string>> key_owners(std::string_view pack,
                                              std::span<const std::string> keys) override;
  Result<std::vector<std::string>> find_products(std::string_view pack,
                                                 const ProductQuery& query) override;
  Result<std::uint64_t> put_products(std::string_view pack, std::uint64_t version,
                                     std::span<const ProductRow> rows, const Change& change,
                                     const std::function<void()>& between) override;
  Result<std::uint64_t> remove_product(std::string_view pack, std::uint64_t version,
                                       std::uint64_t publication, const std::string& key,
                                       const Change& change) override;
  Result<std::vector<std::string>> products_with(std::string_view pack,
                                                 std::string_view text) override;

 private:
  SqliteStorage(std::string file, std::string vfs);
  /// Runs `work` alone, with an open database, and turns what it throws into an Error. After an
  /// error of the disk the next call settles what is on it and opens the file anew.
  template <class Work>
  auto fenced(const char* doing, Work&& work) -> Result<std::invoke_result_t<Work, Database&>>;
  Result<std::uint64_t> put_in_pieces(std::string_view pack, std::uint64_t version,
                                      std::span<const ProductRow> rows, const Change& change,
                                      const std::function<void()>& between);
  void reopen();
  void settle();

  std::mutex turn_;  ///< held while waiting for mutex_: who comes again waits behind
  std::mutex mutex_;
  std::string file_;
  std::string vfs_;
  std::unique_ptr<Database> db_;
  bool doubtful_ = false;  ///< a write or sync has failed: settle() before the next call
};

}  // namespace sidedish::headoffice
