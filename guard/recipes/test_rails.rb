# The recipe for Rails of docs/guards.md, run: ruby test_rails.rb. It needs Rails, the gems jwt and sqlite3.
require "logger"
require "rails"
require "action_controller/railtie"
require "active_record"
require "jwt"
require "minitest/autorun"
require "rack/test"

ActiveRecord::Base.establish_connection(adapter: "sqlite3", database: ":memory:")
class Page < ActiveRecord::Base
  self.table_name = "page"
end

KEY = OpenSSL::PKey::EC.generate("prime256v1")
PUBLIC = JWT::JWK.new(KEY, "2026-11").export

# The published keys; an application fetches them, keeps them for five minutes, and asks anew for an unknown key, seldom.
module PresenceKeys
  class Unavailable < StandardError; end
  class << self
    attr_accessor :down

    def call(_options)
      raise Unavailable if down
      { keys: [PUBLIC] }
    end
  end
end

require_relative "texts_controller"
class TextsController
  # A sign-in that believes everybody.
  def current_user_id = request.headers["Authorization"]&.delete_prefix("Bearer ").presence
end

class Site < Rails::Application
  config.eager_load = false
  config.hosts.clear
  config.logger = Logger.new(File::NULL)
  config.secret_key_base = "of this test"
  config.action_dispatch.show_exceptions = false
end
Site.initialize!
Site.routes.draw do
  get "/docs/*path", to: "texts#show"
  post "/docs/*path", to: "texts#open"
  put "/docs/*path", to: "texts#save"
end

class RecipeTest < Minitest::Test
  include Rack::Test::Methods

  def app = Site

  def setup
    PresenceKeys.down = false
    ActiveRecord::Schema.verbose = false
    ActiveRecord::Base.connection.execute("drop table if exists page")
    ActiveRecord::Base.connection.execute(
      "create table page (path varchar primary key, text text, revision bigint default 0, fence bigint default 0)"
    )
    Page.reset_column_information
    ActiveRecord::Base.connection.execute("insert into page (path, text) values ('/docs/a', '')")
  end

  def receipt(key: KEY, algorithm: "ES256", kid: "2026-11", **claims)
    now = Time.now.to_i
    all = { iss: "https://presence.example", aud: "https://wiki.example", sub: "ana", page: "/docs/a", fence: 418,
            iat: now, exp: now + 600 }.merge(claims).compact
    JWT.encode(all, key, algorithm, { kid: kid })
  end

  def call(method, body = "", user: "ana", **headers)
    header "Authorization", "Bearer #{user}"
    header "Content-Type", "text/plain"
    %w[Presence-Receipt Presence-Fence If-Match].each { |name| header name, headers[name.downcase.tr("-", "_").to_sym] }
    custom_request(method, "/docs/a", {}, { input: body })
    last_response.status
  end

  def save(fence, base, text) = call("PUT", text, presence_fence: fence.to_s, if_match: %("#{base}"))

  def test_a_text_is_opened_by_a_receipt_and_saved_under_its_fence
    assert_equal 200, call("POST", presence_receipt: receipt)
    assert_equal({ "text" => "", "revision" => 0 }, JSON.parse(last_response.body))
    assert_equal [200, 200], [save(418, 0, "Ana's"), save(418, 0, "Ana's")]
    assert_equal 200, call("GET")
    assert_equal ['"1"', "Ana's"], [last_response.headers["ETag"], JSON.parse(last_response.body)["text"]]
  end

  def test_the_sleeper_and_the_waiting_writer_and_the_inventor_are_refused
    call("POST", presence_receipt: receipt)
    assert_equal [409, 409], [save(419, 0, "not opened"), save(9_007_199_254_740_991, 0, "invented")]
    assert_equal 200, call("POST", user: "ben", presence_receipt: receipt(sub: "ben", fence: 419))
    assert_equal 409, save(418, 0, "late")
    assert_equal 409, call("POST", presence_receipt: receipt)
    assert_equal 412, save(419, 1, "over nothing")
  end

  def test_what_is_missing_or_no_number_is_refused
    assert_equal [428, 428, 428],
                 [call("POST"), call("PUT", presence_fence: "418"), call("PUT", if_match: '"0"')]
    assert_equal [400, 400], [save("x", 0, ""), save(418, "*", "")]
    assert_equal 401, call("PUT", user: "")
  end

  def test_bad_receipts_are_refused
    now = Time.now.to_i
    none = JWT.encode({ sub: "ana" }, nil, "none", { kid: "2026-11" })
    bad = [
      receipt(iss: "https://evil.example"), receipt(aud: "https://shop.example"), receipt(sub: "ben"),
      receipt(page: "/docs/b"), receipt(section: "install"), receipt(exp: now - 1), receipt(exp: nil),
      receipt(nbf: now + 100), receipt(iat: now + 100), receipt(fence: nil), receipt(fence: "418"),
      receipt(kid: "1999-01"), receipt(key: OpenSSL::PKey::EC.generate("prime256v1")), none,
      receipt(key: PUBLIC.to_json, algorithm: "HS256"), "garbage", ".."
    ]
    bad.each_with_index { |one, index| assert_equal 400, call("POST", presence_receipt: one), index.to_s }
    assert_equal 0, Page.first.fence
  end

  def test_nobody_knows_while_no_key_can_be_fetched
    PresenceKeys.down = true
    assert_equal 503, call("POST", presence_receipt: receipt)
  end
end
