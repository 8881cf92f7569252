package dev.pollux.examples;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.CombinedDomainCategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.DefaultCategoryDataset;

/** Draws the figures of {@link IoModels} as bars, a panel for each kind, as an SVG picture. */
final class IoModelsChart {

    private static final int WIDTH = 1240;
    private static final int HEIGHT_OF_MODEL = 34;
    private static final int HEIGHT_AROUND = 110;
    private static final int PADDING = 12;
    private static final double PANEL_GAP = 14;

    /** So that the number at the end of the longest bar stays inside. */
    private static final double MARGIN = 0.45;

    private static final ItemLabelPosition AFTER_BAR =
            new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT);

    private static final Color BAR = new Color(0x0072B2);
    private static final Color GRID = new Color(0xE0E0E0);

    private static final Font TITLE_FONT = new Font(Font.SANS_SERIF, Font.BOLD, 16);
    private static final Font AXIS_FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final Font NUMBER_FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 11);

    private IoModelsChart() {}

    /** Writes those {@code results} that are measured to {@code file}, and makes its directory if there is none. */
    static void write(List<IoModelResult> results, Path file) throws IOException {
        List<IoModelResult> measured =
                results.stream().filter(IoModelResult::isMeasured).toList();
        int height = HEIGHT_AROUND + measured.size() * HEIGHT_OF_MODEL;
        VectorGraphics2D graphics = new VectorGraphics2D();
        draw(measured).draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height));
        Document document = new SVGProcessor().getDocument(graphics.getCommands(), new PageSize(WIDTH, height));
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
            document.writeTo(out);
        }
    }

    private static JFreeChart draw(List<IoModelResult> results) {
        CategoryAxis models = new CategoryAxis();
        models.setTickLabelFont(AXIS_FONT);
        models.setCategoryMargin(0.25);
        models.setMaximumCategoryLabelWidthRatio(2);
        CombinedDomainCategoryPlot panels = new CombinedDomainCategoryPlot(models);
        panels.setOrientation(PlotOrientation.HORIZONTAL);
        panels.setGap(PANEL_GAP);
        panels.add(panel(results, "messages per second", "#,##0", IoModelResult::messagesPerSecond));
        panels.add(panel(results, "CPU \u00b5s per message", "0.0", IoModelResult::cpuMicrosPerMessage));
        panels.add(panel(results, "system calls per message", "0.00", IoModelResult::systemCallsPerMessage));
        panels.add(panel(results, "CPU % at rest", "0", IoModelResult::cpuPercentAtRest));
        panels.add(panel(results, "threads", "0", IoModelResult::threads));
        panels.add(panel(results, "memory MiB", "0", IoModelResult::mebibytes));
        JFreeChart drawing = new JFreeChart("The same echo work by each model of I/O", TITLE_FONT, panels, false);
        drawing.setBackgroundPaint(Color.WHITE);
        drawing.setPadding(new RectangleInsets(PADDING, PADDING, PADDING, PADDING));
        return drawing;
    }

    private static CategoryPlot panel(
            List<IoModelResult> results, String title, String format, ToDoubleFunction<IoModelResult> figure) {
        DefaultCategoryDataset bars = new DefaultCategoryDataset();
        for (IoModelResult result : results) {
            double value = figure.applyAsDouble(result);
            bars.addValue(
                    Double.isNaN(value) ? null : value, title, result.model().label());
        }
        DecimalFormat numbers = new DecimalFormat(format, DecimalFormatSymbols.getInstance(Locale.ROOT));
        BarRenderer renderer = new BarRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setSeriesPaint(0, BAR);
        renderer.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator("{2}", numbers));
        renderer.setDefaultItemLabelsVisible(true);
        renderer.setDefaultItemLabelFont(NUMBER_FONT);
        renderer.setDefaultPositiveItemLabelPosition(AFTER_BAR);
        NumberAxis axis = new NumberAxis(title);
        axis.setLabelFont(AXIS_FONT);
        axis.setTickLabelsVisible(false);
        axis.setTickMarksVisible(false);
        axis.setUpperMargin(MARGIN);
        CategoryPlot panel = new CategoryPlot(bars, null, axis, renderer);
        panel.setBackgroundPaint(Color.WHITE);
        panel.setRangeGridlinePaint(GRID);
        panel.setOutlineVisible(false);
        return panel;
    }
}
