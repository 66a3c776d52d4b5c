package dev.copresence.saves;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

class SavesOnH2Test extends SavesContract {

    @Override
    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:h2:mem:saves;DB_CLOSE_DELAY=-1");
    }
}
